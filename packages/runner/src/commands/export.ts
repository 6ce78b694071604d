/** `lomap export`: an adapter as HF PEFT's files, or merged into a checkpoint. */
import { loraFiles, OWN_PREFIX, peftFiles } from '@lomap/peft';
import { explained } from '../adapters/explained.ts';
import { writeAdapterFolder } from '../adapters/folder.ts';
import { loadAdapter, trainedAdapter } from '../adapters/load.ts';
import { writeMerged } from '../adapters/merged.ts';
import { newFolder, refuseExisting } from '../adapters/new-folder.ts';
import { removedOnSignal } from '../adapters/removed-on-signal.ts';
import { requireFolder } from '../packages.ts';
import { resolveUserPath } from '../workspace.ts';
import type { exportFormats } from './adapter-options.ts';
import { cacheDirectory } from './context.ts';

export interface ExportArguments {
  readonly adapter: string;
  readonly format: (typeof exportFormats)[number];
  readonly base: string;
  readonly out: string;
}

/**
 * Writes the folder and says what it is. Throws a UsageError where the format cannot hold the adapter exactly, and a
 * FailureError for files that are not right; then no folder is left.
 */
export function exportCommand({ format, ...args }: ExportArguments): Promise<string> {
  return explained(async () => {
    const [adapter, base, out] = [args.adapter, args.base, args.out].map(resolveUserPath) as [string, string, string];
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
      await newFolder(out, (partial) => removedOnSignal(partial, () => writeMerged(partial, base, loaded)));
      return done(
        isEncoder ? 'a checkpoint of the bare encoder, float32' : 'a checkpoint with its classifier, float32',
      );
    }
    const files = format === 'peft' ? peftFiles(trained) : loraFiles(trained);
    await newFolder(out, (partial) => removedOnSignal(partial, () => writeAdapterFolder(partial, files)));
    if (format === 'peft-lora') return done('a plain LoRA adapter');
    const hasExact = [...files.tensors.keys()].some((key) => key.startsWith(OWN_PREFIX));
    return done(`an adapter that HF PEFT opens${hasExact ? "; LoMAP's exact tensors are in the same file" : ''}`);
  });
}
