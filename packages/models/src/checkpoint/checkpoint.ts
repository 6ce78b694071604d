import { basename, resolve } from 'node:path';
import { frozen, tf, type Key } from '@lomap/compile';
import type { LinearModule, Model } from '../architectures/architecture.ts';
import { architectureOf } from '../architectures/registry.ts';
import type { Context } from '../context.ts';
import { ModelError } from '../model-error.ts';
import { checkFinite } from '../safetensors/finite.ts';
import type { WeightDtype } from '../safetensors/dtype.ts';
import { readTensor } from '../safetensors/read.ts';
import { storedAs, type Stored } from '../safetensors/stored-as.ts';
import { examine } from './examine.ts';
import { openFolder } from './folder.ts';
import { freshTensor } from './fresh-tensor.ts';
import { resolveNames } from './names.ts';
import { plainContext, type Dropout } from './plain-context.ts';
import { weightSources } from './weight-sources.ts';

/** How a checkpoint is opened. */
export interface CheckpointOptions {
  /** Rows of the classifier: the number of classes, 1 for regression, 0 for a language model, which has none. */
  readonly numLabels: number;
  /** Where weights that the engine cannot map as they lie are copied to, and graphs are kept. */
  readonly cacheDirectory: string;
  /** Randomness of a head that the checkpoint lacks, and of training from scratch. */
  readonly headKey: Key;
  /** Whether the head starts fresh even where the checkpoint holds one. @default false */
  readonly freshHead?: boolean | undefined;
}

/** What a checkpoint hands on of its architecture's model. */
type Offered = 'head' | 'classifier' | 'roles' | 'limits' | 'attention' | 'classify' | 'maskedLm' | 'nextToken';

/**
 * A checkpoint's model. Tensors go by the names of HF's classification model, whatever prefix the file has; nothing of
 * them is read before it is asked for.
 */
export interface Checkpoint extends Pick<Model, Offered> {
  /** `model_type` of config.json: the architecture's name. */
  readonly type: string;
  /** The folder's name. */
  readonly name: string;
  /** SHA-256 of model.safetensors, or of the files of its index by name, followed by config.json, in hex. */
  readonly sha256: string;
  readonly numLabels: number;
  /** What starts fresh, and why: a sentence each, to be shown. */
  readonly notes: readonly string[];
  /** How many files the weights are in, and in which types: that of most bytes first. */
  readonly stored: Stored;
  /** Every linear module, in the model's order. */
  readonly linears: readonly LinearModule[];
  /** Names of all tensors, head included. */
  readonly tensors: readonly string[];
  /** A tensor's shape. @throws ModelError on an unknown name, as the next four do. */
  shape(name: string): readonly number[];
  /** The type that a tensor is stored in; null for one that the files lack. Values are read as float32 from any. */
  dtype(name: string): WeightDtype | null;
  /** A tensor's values, read now; for a head tensor that the file lacks, its seeded start. */
  read(name: string): Float32Array;
  /** A tensor's seeded start, whether the file has it or not: where training from scratch begins. */
  fresh(name: string): Float32Array;
  /** A tensor as a leaf of the traced or eager graph. A fresh head tensor has no file and enters as a constant. */
  frozen(name: string): tf.Tensor;
  /** The model's context without an adapter; no dropout unless given. */
  context(dropout?: Dropout): Context;
}

/**
 * Opens a checkpoint's folder: config.json and model.safetensors, or the files of its index. Headers, names and shapes are checked here, and that every
 * value is a number.
 *
 * @throws ModelError with one message for the person who named the folder.
 */
export async function openCheckpoint(directory: string, options: CheckpointOptions): Promise<Checkpoint> {
  const { numLabels, cacheDirectory, headKey, freshHead: anew = false } = options;
  if (!Number.isSafeInteger(numLabels) || numLabels < 0) {
    throw new RangeError(`numLabels is a whole number, not ${numLabels}.`);
  }
  const folder = openFolder(directory);
  const architecture = architectureOf(folder.config, folder.configPath);
  const model = architecture.parse(folder.config, folder.configPath);
  if (numLabels === 0 && !model.nextToken) {
    throw new ModelError(`${folder.configPath} is of a ${model.title}, which predicts no next token.`);
  }
  const names = resolveNames(folder.weights, model, numLabels, anew);
  const { sha256, broken } = await examine(folder, cacheDirectory);
  checkFinite(folder.weights, names.held, broken);
  const sources = await weightSources(folder.weights, names, cacheDirectory, sha256);

  const shape = (name: string): readonly number[] => {
    const found = names.shapes.get(name);
    if (!found) throw new ModelError(`The model of ${directory} has no tensor ${name}.`);
    return found;
  };
  const dtype = (name: string): WeightDtype | null => {
    shape(name);
    const inFile = names.inFile.get(name);
    return inFile === undefined ? null : (folder.weights.tensors.get(inFile)!.dtype as WeightDtype);
  };
  const fresh = (name: string): Float32Array => freshTensor(headKey, name, shape(name), model);
  const read = (name: string): Float32Array => {
    const inFile = names.inFile.get(name);
    // An unknown name is in no file; `fresh` says so.
    return inFile === undefined ? fresh(name) : readTensor(folder.weights, inFile);
  };
  const leaf = (name: string): tf.Tensor => {
    const source = sources.get(name);
    return source ? frozen(source) : tf.tensor(read(name), [...shape(name)], 'float32');
  };
  const hasBias = (path: string): boolean => names.shapes.has(`${path}.bias`);
  const { head, classifier, roles, limits, attention, classify, maskedLm, nextToken = null } = model;
  return {
    ...{ head, classifier, roles, limits, attention, classify, maskedLm, nextToken },
    type: architecture.type,
    name: basename(resolve(directory)),
    sha256,
    numLabels,
    notes: names.notes,
    stored: storedAs(folder.weights, names.inFile.values()),
    linears: model.linears(numLabels),
    tensors: [...names.shapes.keys()],
    shape,
    dtype,
    read,
    fresh,
    frozen: leaf,
    context: (dropout) => plainContext(leaf, dropout, hasBias),
  };
}
