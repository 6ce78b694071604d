/** A sweep of seconds on a tiny model and tiny tasks, through the command line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lomap, type Ended } from '../sweep/lomap.ts';
import { writeTinyGlue } from '../sweep/tiny-glue.ts';
import { writeTinyModel } from '../sweep/tiny-model.ts';

export interface TinySweep {
  readonly folder: string;
  /** Writes a file beside the model, and gives its path. */
  write(name: string, content: object | string): string;
  out(name: string): string;
  /** Runs a sweep file of the folder. */
  run(config: string, out: string, ...flags: readonly string[]): Promise<Ended>;
  remove(): void;
}

/** A file of this folder. */
export const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What every sweep here has. */
export const tinyFile = {
  base: {
    method: { rank: 2, loraAlpha: 4 },
    training: { batchSize: 8, maxSteps: 6, maxLength: 32, dropout: 0.1 },
    selection: { fraction: 0.2 },
  },
  tasks: ['mrpc'],
  seeds: [1, 2],
};

export async function tinySweep(): Promise<TinySweep> {
  const folder = mkdtempSync(join(tmpdir(), 'lomap-extending-'));
  writeTinyGlue(join(folder, 'glue'));
  await writeTinyModel(join(folder, 'model'));
  const out = (name: string): string => join(folder, 'out', name);
  return {
    folder,
    out,
    write(name, content) {
      const path = join(folder, name);
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
      return path;
    },
    run: (config, name, ...flags) =>
      lomap([
        ...['sweep', '--config', config, '--model', join(folder, 'model'), '--data', join(folder, 'glue')],
        ...['--out', out(name), '--threads', '1', ...flags],
      ]),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
