/** An adapter bound to its base model. */
import { join } from 'node:path';
import { key } from '@lomap/compile';
import { openCheckpoint, openSafetensors, type Checkpoint, type Safetensors } from '@lomap/models';
import { adapt, PEFT_PREFIX, readAdapter, type Adaptation, type ReadAdapter } from '@lomap/peft';
import { FailureError } from '../errors.ts';
import { readAdapterFolder, type AdapterFolder } from './folder.ts';

export interface LoadedAdapter {
  readonly folder: AdapterFolder;
  readonly checkpoint: Checkpoint;
  readonly read: ReadAdapter;
  readonly adaptation: Adaptation;
  /** What a user should know, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Reads an adapter's folder and the checkpoint it belongs to.
 *
 * @throws FailureError for another base model; AdapterFileError, ModelError and RangeError as their packages do.
 */
export async function loadAdapter(directory: string, base: string, cacheDirectory: string): Promise<LoadedAdapter> {
  const folder = readAdapterFolder(directory);
  const { files, block, configPath } = folder;
  const weights = openSafetensors(join(base, 'model.safetensors'));
  const numLabels = labelsOf(folder, weights);
  const checkpoint = await openCheckpoint(base, { numLabels, cacheDirectory, headKey: key(0) });
  if (block && block.base.sha256 !== checkpoint.sha256) {
    throw new FailureError(
      `${directory} is an adapter of ${block.base.name} (weights and config.json: sha256 ${block.base.sha256.slice(0, 16)}…), ` +
        `and ${base} is another model (sha256 ${checkpoint.sha256.slice(0, 16)}…).`,
      'Give the model that it was trained on with --base.',
    );
  }
  const read = readAdapter(checkpoint, files, folder);
  for (const path of read.headOfBase) {
    const named = [path, path.replace(/^bert\./, '')].some((name) => weights.tensors.has(`${name}.weight`));
    if (named) continue;
    throw new FailureError(
      `Neither ${folder.tensorsPath} nor ${weights.path} holds ${path}.`,
      'Train the adapter with that module in modules_to_save.',
    );
  }
  const called = files.config['base_model_name_or_path'];
  const other = !block && typeof called === 'string' && lastPart(called) !== checkpoint.name;
  return {
    folder,
    checkpoint,
    read,
    adaptation: adapt(checkpoint, read.settings),
    notes: [
      ...read.notes,
      ...read.headOfBase.map((path) => `${path} is the base model's: the adapter holds none.`),
      ...(other ? [`${configPath} names the base model ${called}; ${checkpoint.name} was given.`] : []),
    ],
  };
}

/**
 * How many labels the adapter's classifier has, else the base's.
 *
 * @throws FailureError where neither has one, or its weight is no matrix of at least one row.
 */
function labelsOf({ files, tensorsPath }: AdapterFolder, base: Safetensors): number {
  const name = 'classifier.weight';
  const own = files.tensors.get(`${PEFT_PREFIX}${name}`);
  const [shape, where] = own
    ? [own.shape, `${tensorsPath}: ${PEFT_PREFIX}${name}`]
    : [base.tensors.get(name)?.shape, `${base.path}: ${name}`];
  if (!shape) {
    throw new FailureError(
      `Neither ${tensorsPath} nor ${base.path} holds a classifier.`,
      'An adapter of a classifier saves it in modules_to_save.',
    );
  }
  if (shape.length === 2 && shape[0]! >= 1) return shape[0]!;
  throw new FailureError(
    `${where} has shape [${shape.join(', ')}]; expected [labels, hidden size] with at least one label.`,
    'Save it again.',
  );
}

const lastPart = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? path;
