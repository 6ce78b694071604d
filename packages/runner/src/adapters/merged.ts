/** An adapted model as a checkpoint of its own, for programs that know no adapters. */
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '@lomap/files';
import {
  engineDtype,
  huggingFaceNames,
  overflowsAt,
  writeSafetensors,
  type Checkpoint,
  type DeferredTensor,
  type WeightDtype,
} from '@lomap/models';
import { FailureError } from '../errors.ts';
import type { LoadedAdapter } from './load.ts';

/** Files of a checkpoint that go with its weights. */
const beside = [
  'tokenizer.json',
  'tokenizer.model',
  'merges.txt',
  'vocab.json',
  'generation_config.json',
  'tokenizer_config.json',
  'spm.model',
  'vocab.txt',
  'special_tokens_map.json',
  'added_tokens.json',
] as const;

/**
 * Writes config.json, model.safetensors with the task's head, and the base's tokenizer. Values are made tensor by tensor, from
 * the base's own, and rounded once, to the nearest.
 *
 * @param dtype of every tensor; absent: each keeps the type that the base stores it in, and what the base has not gets that of
 *   most of its bytes.
 * @returns the types that were written, that of most of the base's bytes first
 * @throws FailureError for a value that is not finite in its type.
 */
export async function writeMerged(
  folder: string,
  base: string,
  loaded: LoadedAdapter,
  dtype?: WeightDtype,
): Promise<readonly WeightDtype[]> {
  const tensors = mergedTensors(loaded, dtype);
  await writeSafetensors(join(folder, 'model.safetensors'), tensors);
  const { checkpoint, isEncoder } = loaded;
  const written = dtype === undefined ? checkpoint.stored.dtypes : [dtype];
  const type = engineDtype[written[0] ?? 'F32'];
  const configPath = join(base, 'config.json');
  const config = parseJson(readFileSync(configPath), configPath) as Record<string, unknown>;
  writeFileSync(
    join(folder, 'config.json'),
    `${JSON.stringify({ ...(isEncoder ? encoderConfig(config) : classifierConfig(config, checkpoint)), ...inType(config, type) }, null, 2)}\n`,
  );
  for (const name of beside) if (existsSync(join(base, name))) copyFileSync(join(base, name), join(folder, name));
  return written;
}

/**
 * Every tensor of the adapted model, each made when its values are asked for: that throws a FailureError where one of them
 * is not finite in its type.
 *
 * @param dtype as of `writeMerged`
 */
export function mergedTensors(
  { checkpoint, model, adaptation, read }: LoadedAdapter,
  dtype?: WeightDtype,
): Map<string, DeferredTensor> {
  const merged = adaptation.merging(read.params);
  const stored = new Map(checkpoint.tensors.map((name) => [name, checkpoint.dtype(name)]));
  const main = checkpoint.stored.dtypes[0] ?? 'F32';
  return new Map(
    model.tensors.map((name): [string, DeferredTensor] => {
      const type = dtype ?? stored.get(name) ?? main;
      const values = (): Float32Array => finite(name, merged.get(name)?.() ?? model.read(name), type);
      return [name, { shape: model.shape(name), dtype: type, values }];
    }),
  );
}

/** The values, all of them finite numbers when they are rounded to the type. */
function finite(name: string, values: Float32Array, dtype: WeightDtype): Float32Array {
  const limit = overflowsAt[dtype];
  const broken = values.findIndex((value) => !(Math.abs(value) < limit));
  if (broken < 0) return values;
  const value = values[broken]!;
  const why = Number.isFinite(value) ? `, too large for ${engineDtype[dtype]} (choose another --dtype)` : '';
  throw new FailureError(`${name} would hold ${value} at ${broken}${why}: nothing is written.`);
}

/** The base's configuration as a bare encoder's. */
function encoderConfig(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...config, architectures: ['BertModel'] };
}

/** The base's configuration as a classifier's of so many labels. */
function classifierConfig(
  config: Readonly<Record<string, unknown>>,
  { type, numLabels }: Pick<Checkpoint, 'type' | 'numLabels'>,
): Record<string, unknown> {
  const classifier = huggingFaceNames(type)?.classifier;
  const known = config['id2label'];
  const names =
    typeof known === 'object' && known !== null && Object.keys(known).length === numLabels
      ? Object.values(known).map(String)
      : Array.from({ length: numLabels }, (_, label) => `LABEL_${label}`);
  return {
    ...config,
    ...(classifier !== undefined && { architectures: [classifier] }),
    id2label: Object.fromEntries(names.map((name, label) => [String(label), name])),
    label2id: Object.fromEntries(names.map((name, label) => [name, label])),
  };
}

/** The keys of a configuration that say in which type its weights are. */
function inType(config: Readonly<Record<string, unknown>>, type: string): Record<string, unknown> {
  return Object.fromEntries(['dtype', 'torch_dtype'].filter((key) => key in config).map((key) => [key, type]));
}
