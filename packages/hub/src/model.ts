/** The files of a checkpoint. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { JsonError, parseJson } from '@lomap/files';
import { HubError } from './error.ts';
import type { Download, DownloadOptions } from './options.ts';
import { isSafePath } from './repository.ts';
import { MissingFile, type Selection } from './selection.ts';
import { downloadSnapshot } from './snapshot.ts';

/** The first that there is; the second is DeBERTa's. */
const TOKENIZERS = ['tokenizer.json', 'spm.model'];
const OPTIONAL = ['special_tokens_map.json', 'vocab.txt'];
const WEIGHTS = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
const PICKLES = ['pytorch_model.bin', 'pytorch_model.bin.index.json'];

/** The most bytes of an index, which has a line for each tensor. */
const MAXIMUM_INDEX_BYTES = 2 ** 24;

/**
 * Fetches what a checkpoint needs: config.json, tokenizer.json (or spm.model where there is none), tokenizer_config.json, the weights and, where
 * there are any, vocab.txt and special_tokens_map.json. Files that the cache has are not fetched again, and a call for a
 * commit whose files are all there does not touch the network.
 *
 * The weights are model.safetensors, or where there is none model.safetensors.index.json and the files that it names.
 *
 * @throws HubError naming the file, why it could not be had, and what to do.
 */
export async function downloadModel(options: DownloadOptions): Promise<Download> {
  return downloadSnapshot('model', options, selection);
}

const selection: Selection = {
  folders: [''],
  optional: OPTIONAL,
  open: false,
  choose: (paths) => {
    const tokenizer = TOKENIZERS.find((path) => paths.has(path)) ?? TOKENIZERS[0]!;
    const needed = ['config.json', tokenizer, 'tokenizer_config.json'];
    for (const path of needed) if (!paths.has(path)) throw new MissingFile(path, `has no ${path}`);
    const weights = [WEIGHTS, INDEX].find((path) => paths.has(path));
    if (weights === undefined) {
      const pickle = PICKLES.find((path) => paths.has(path));
      const remedy = pickle
        ? ` (only ${pickle}: load it in transformers, use save_pretrained(DIR, safe_serialization=True) and DIR as the ` +
          `model, or look for a revision that has it; ${pickle} can run any code when it is opened, and is not fetched)`
        : '';
      throw new MissingFile(WEIGHTS, `has no ${WEIGHTS}${remedy}`);
    }
    return [...needed, ...OPTIONAL.filter((path) => paths.has(path)), weights];
  },
  further: async (directory, chosen) => (chosen.includes(INDEX) ? readShards(join(directory, INDEX)) : []),
};

/** The files that an index says the tensors are in. */
async function readShards(file: string): Promise<string[]> {
  const fail = (found: string) =>
    new HubError(
      'damaged',
      `${file}: expected an object weight_map from tensors to .safetensors files, found ${found}.`,
    );
  const { size } = await stat(file);
  if (size > MAXIMUM_INDEX_BYTES) throw fail(`${size} bytes`);
  let map: unknown;
  try {
    map = (parseJson(await readFile(file), file) as { weight_map?: unknown } | null)?.weight_map;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new HubError('damaged', error.message, { cause: error });
  }
  if (map === null || typeof map !== 'object') throw fail(map === undefined ? 'none' : typeof map);
  const names = [...new Set(Object.values(map) as unknown[])].sort();
  const bad = names.find((name) => typeof name !== 'string' || !isSafePath(name) || !/^[^/]+\.safetensors$/.test(name));
  if (bad !== undefined || names.length === 0)
    throw fail(names.length === 0 ? 'nothing' : JSON.stringify(bad).slice(0, 100));
  return names as string[];
}
