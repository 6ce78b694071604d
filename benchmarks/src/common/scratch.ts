import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs with a folder of its own, in the system's folder for temporary files or another, that is gone afterwards, also where a signal ends the program. */
export async function withScratch<T>(
  use: (directory: string) => Promise<T>,
  exit: (code: number) => void = (code) => process.exit(code),
  parent = tmpdir(),
): Promise<T> {
  const directory = await mkdtemp(join(parent, 'lomap-benchmark-'));
  const leave = (signal: NodeJS.Signals): void => {
    rmSync(directory, { recursive: true, force: true });
    exit(128 + constants.signals[signal]);
  };
  for (const signal of SIGNALS) process.once(signal, leave);
  try {
    return await use(directory);
  } finally {
    for (const signal of SIGNALS) process.off(signal, leave);
    await rm(directory, { recursive: true, force: true });
  }
}
