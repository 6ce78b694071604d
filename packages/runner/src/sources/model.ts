/** `--model`: a checkpoint's folder, or a repository of the Hugging Face hub. */
import { basename } from 'node:path';
import { requireFolder } from '../packages.ts';
import { UsageError } from '../errors.ts';
import { downloading } from './download.ts';
import type { Named, Source } from './source.ts';

/** What --model takes, for messages. */
export const modelExpected =
  '--model DIR, a checkpoint folder with config.json, model.safetensors and tokenizer.json, or --model ORG/NAME, a repository of the Hugging Face hub.';

/**
 * The checkpoint's folder, downloaded if it is a repository's name. A folder of that path goes before a repository.
 *
 * @throws UsageError if it is neither; FailureError if the download fails.
 */
export async function modelSource(named: Named, say: (line: string) => void): Promise<Source> {
  if (named.isFolder) {
    requireFolder(named.where, named.path);
    return { directory: named.path, name: basename(named.path) };
  }
  const { downloadModel, looksLikeRepository, parseRepository } = await import('@lomap/hub');
  if (!looksLikeRepository(named.text)) {
    throw new UsageError(`${named.where} ${named.path}: there is no such folder.`, `Give ${modelExpected}`);
  }
  const { repository, revision } = parseRepository(named.text);
  const { directory } = await downloading(named.text, say, (onProgress) =>
    downloadModel({ repository, revision, onProgress }),
  );
  return { directory, name: repository };
}
