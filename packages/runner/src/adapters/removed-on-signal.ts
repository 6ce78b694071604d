import { rmSync } from 'node:fs';
import { exitCodes } from '../errors.ts';

/** Works on a folder that is of no use half made: SIGINT and SIGTERM take it away and end the process. */
export async function removedOnSignal<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const onSignal = (name: NodeJS.Signals): void => {
    rmSync(folder, { recursive: true, force: true });
    console.error(`lomap: ${name}: ended before the folder was whole; none is left.`);
    process.exit(exitCodes.interrupted);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    return await work();
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}
