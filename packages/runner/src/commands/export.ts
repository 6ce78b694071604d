/** `lomap export`: an adapter as HF PEFT's files, or merged into a checkpoint. */
import { engineDtype, type WeightDtype } from '@lomap/models';
import { loraFiles, OWN_PREFIX, peftFiles } from '@lomap/peft';
import { explained } from '../adapters/explained.ts';
import { writeAdapterFolder } from '../adapters/folder.ts';
import { loadAdapter, trainedAdapter } from '../adapters/load.ts';
import { writeMerged } from '../adapters/merged.ts';
import { newFolder, refuseExisting } from '../adapters/new-folder.ts';
import { removedOnSignal } from '../adapters/removed-on-signal.ts';
import { UsageError } from '../errors.ts';
import { requireFolder } from '../packages.ts';
import { resolveUserPath } from '../workspace.ts';
import type { exportFormats, weightTypes } from './adapter-options.ts';
import { cacheDirectory } from './context.ts';

export interface ExportArguments {
  readonly adapter: string;
  readonly format: (typeof exportFormats)[number];
  readonly base: string;
  readonly out: string;
  /** Of a merged checkpoint; absent: as the base is stored. */
  readonly dtype?: (typeof weightTypes)[number] | undefined;
}

/**
 * Writes the folder and says what it is. Throws a UsageError where the format cannot hold the adapter exactly, and a
 * FailureError for files that are not right; then no folder is left.
 */
export function exportCommand({ format, ...args }: ExportArguments): Promise<string> {
  return explained(async () => {
    const [adapter, base, out] = [args.adapter, args.base, args.out].map(resolveUserPath) as [string, string, string];
    if (args.dtype !== undefined && format !== 'merged') {
      throw new UsageError('--dtype is of --format merged: adapters are written in float32.', 'Leave it out.');
    }
    requireFolder('--adapter', adapter);
    requireFolder('--base', base);
    refuseExisting(out);
    const loaded = await loadAdapter(adapter, base, cacheDirectory);
    const trained = trainedAdapter(loaded);
    const { name } = trained.base;
    const { isEncoder, read } = loaded;
    const done = (what: string): string =>
      [...loaded.notes, `${read.settings.name} of ${name} in ${out}: ${what}.`].join('\n');
    if (format === 'merged') {
      let types: readonly WeightDtype[] = [];
      await newFolder(out, (partial) =>
        removedOnSignal(partial, async () => {
          types = await writeMerged(partial, base, loaded, ofName(args.dtype));
        }),
      );
      const what = isEncoder ? 'a checkpoint of the bare encoder' : 'a checkpoint with its classifier';
      return done(`${what}, ${types.map((type) => engineDtype[type]).join(' and ')}`);
    }
    const files = format === 'peft' ? peftFiles(trained) : loraFiles(trained);
    await newFolder(out, (partial) => removedOnSignal(partial, () => writeAdapterFolder(partial, files)));
    if (format === 'peft-lora') return done('a plain LoRA adapter');
    const hasExact = [...files.tensors.keys()].some((key) => key.startsWith(OWN_PREFIX));
    return done(`an adapter that HF PEFT opens${hasExact ? "; LoMAP's exact tensors are in the same file" : ''}`);
  });
}

/** A type by the engine's name. */
function ofName(name: ExportArguments['dtype']): WeightDtype | undefined {
  return (Object.keys(engineDtype) as WeightDtype[]).find((type) => engineDtype[type] === name);
}
