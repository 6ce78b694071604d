/** An adapter bound to its base model. */
import { key } from '@lomap/compile';
import { openCheckpoint, openWeights, type Checkpoint, type Safetensors } from '@lomap/models';
import {
  adapt,
  PEFT_PREFIX,
  readAdapter,
  type Adaptation,
  type BaseModel,
  type ReadAdapter,
  type TrainedAdapter,
} from '@lomap/peft';
import { FailureError } from '../errors.ts';
import { checkedAdapter, type CheckedAdapter } from './checked.ts';
import { classifierHead, bareEncoder, encoderHead } from './encoder.ts';
import type { AdapterFolder } from './folder.ts';

export interface LoadedAdapter extends CheckedAdapter {
  readonly checkpoint: Checkpoint;
  /** What the adapter is of: the checkpoint as a classifier, or the bare encoder in it. */
  readonly model: BaseModel;
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
  const checked = checkedAdapter(directory);
  const { folder, isEncoder } = checked;
  const { files, block, configPath } = folder;
  const weights = openWeights(base);
  // An encoder has no classifier, of however many labels.
  const numLabels = isEncoder ? 1 : labelsOf(folder, weights);
  const checkpoint = await openCheckpoint(base, { numLabels, cacheDirectory, headKey: key(0) });
  if (block && block.base.sha256 !== checkpoint.sha256) {
    throw new FailureError(
      `${directory} is an adapter of ${block.base.name} (weights and config.json: sha256 ${block.base.sha256.slice(0, 16)}…), ` +
        `and ${base} is another model (sha256 ${checkpoint.sha256.slice(0, 16)}…).`,
      'Give the model that it was trained on with --base.',
    );
  }
  if (isEncoder && checkpoint.type !== 'bert') {
    throw new FailureError(
      `${directory} is an adapter of a bare encoder, and ${base} is of the type ${checkpoint.type}: of bare encoders BERT's alone are read.`,
      'Train the adapter on the classifier (AutoModelForSequenceClassification).',
    );
  }
  const holds = (path: string): boolean =>
    [path, `bert.${path}`, path.replace(/^bert\./, '')].some((name) => weights.tensors.has(`${name}.weight`));
  const touched = [...files.tensors.keys()].some((key) =>
    encoderHead.some((path) => key.startsWith(`${PEFT_PREFIX}${path}.`)),
  );
  const model = isEncoder ? bareEncoder(checkpoint, touched || holds('pooler.dense')) : checkpoint;
  const read = readAdapter(model, files, folder);
  for (const path of [...read.headOfBase, ...read.headAdapted].filter((module) => !holds(module))) {
    throw read.headAdapted.includes(path)
      ? new FailureError(
          `${folder.tensorsPath} adapts ${path}, and ${weights.path} holds none: PEFT made a random one, which is lost.`,
          'Give the model with that module as --base, or train the adapter with it in modules_to_save.',
        )
      : new FailureError(
          `Neither ${folder.tensorsPath} nor ${weights.path} holds ${path}.`,
          'Train the adapter with that module in modules_to_save.',
        );
  }
  const called = baseName(files.config);
  const other = !block && called !== null && lastPart(called) !== checkpoint.name;
  return {
    ...checked,
    checkpoint,
    model,
    read,
    adaptation: adapt(model, read.settings),
    notes: [
      ...read.notes,
      ...headNotes(read.headAdapted),
      ...read.headOfBase.map((path) => `${path} is the base model's: the adapter holds none.`),
      ...(other ? [`${configPath} names the base model ${called}; ${checkpoint.name} was given.`] : []),
    ],
  };
}

/** The adapter as it is written again: with its base's name, and what its file says of where that is. */
export function trainedAdapter({ checkpoint, folder, model, read }: LoadedAdapter): TrainedAdapter {
  const { config } = folder.files;
  const { type, sha256 } = checkpoint;
  const path = baseName(config);
  const revision = typeof config['revision'] === 'string' ? config['revision'] : null;
  return {
    model,
    settings: read.settings,
    params: read.params,
    base: { name: folder.block?.base.name ?? checkpoint.name, type, sha256 },
    ...(path !== null && { source: { path, revision } }),
  };
}

/** What is said of modules of the head that an adapter changes. */
export function headNotes(adapted: readonly string[]): string[] {
  if (adapted.length === 0) return [];
  const [is, its] = adapted.length === 1 ? ['is', 'its adapted weight'] : ['are', 'their adapted weights'];
  return [`${adapted.join(' and ')} ${is} adapted: read as ${its}, since LoMAP keeps a head in full.`];
}

/** Where the configuration says that the base is; null where it names none, as PEFT does of a model made in memory. */
export function baseName(config: AdapterFolder['files']['config']): string | null {
  const called = config['base_model_name_or_path'];
  return typeof called === 'string' && called.trim() !== '' ? called : null;
}

/**
 * How many labels the adapter's classifier has, else the base's.
 *
 * @throws FailureError where neither has one, or its weight is no matrix of at least one row.
 */
function labelsOf(folder: AdapterFolder, base: Safetensors): number {
  const { files, tensorsPath } = folder;
  // Of every head the classifier is the last module.
  const name = `${classifierHead(folder).at(-1)!}.weight`;
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
