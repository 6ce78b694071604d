/** An adapted model as a checkpoint of its own, for programs that know no adapters. */
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '@lomap/files';
import { writeSafetensors, type WritableTensor } from '@lomap/models';
import { FailureError } from '../errors.ts';
import type { LoadedAdapter } from './load.ts';

/** Files of a checkpoint that go with its weights. */
const beside = [
  'tokenizer.json',
  'tokenizer_config.json',
  'spm.model',
  'vocab.txt',
  'special_tokens_map.json',
  'added_tokens.json',
] as const;

/** Writes config.json, model.safetensors with the task's head (float32), and the base's tokenizer. */
export async function writeMerged(folder: string, base: string, loaded: LoadedAdapter): Promise<void> {
  await writeSafetensors(join(folder, 'model.safetensors'), mergedTensors(loaded));
  const { checkpoint, isEncoder } = loaded;
  const configPath = join(base, 'config.json');
  const config = parseJson(readFileSync(configPath), configPath) as Record<string, unknown>;
  writeFileSync(
    join(folder, 'config.json'),
    `${JSON.stringify(isEncoder ? encoderConfig(config) : classifierConfig(config, checkpoint.numLabels), null, 2)}\n`,
  );
  for (const name of beside) if (existsSync(join(base, name))) copyFileSync(join(base, name), join(folder, name));
}

/**
 * Every tensor of the adapted model, in float32.
 *
 * @throws FailureError for a value that is not finite.
 */
export function mergedTensors({ model, adaptation, read }: LoadedAdapter): Map<string, WritableTensor> {
  const merged = adaptation.merge(read.params);
  return new Map(
    model.tensors.map((name): [string, WritableTensor] => {
      const data = merged.get(name) ?? model.read(name);
      const broken = data.findIndex((value) => !Number.isFinite(value));
      if (broken >= 0) throw new FailureError(`${name} would hold ${data[broken]} at ${broken}: nothing is written.`);
      return [name, { shape: model.shape(name), data }];
    }),
  );
}

/** The base's configuration as a bare encoder's, in float32. */
function encoderConfig(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...config, ...inFloat32(config), architectures: ['BertModel'] };
}

/** The base's configuration as a classifier's of so many labels, in float32. */
function classifierConfig(config: Readonly<Record<string, unknown>>, numLabels: number): Record<string, unknown> {
  const known = config['id2label'];
  const names =
    typeof known === 'object' && known !== null && Object.keys(known).length === numLabels
      ? Object.values(known).map(String)
      : Array.from({ length: numLabels }, (_, label) => `LABEL_${label}`);
  return {
    ...config,
    ...inFloat32(config),
    architectures: ['BertForSequenceClassification'],
    id2label: Object.fromEntries(names.map((name, label) => [String(label), name])),
    label2id: Object.fromEntries(names.map((name, label) => [name, label])),
  };
}

/** The keys of a configuration that say in which type its weights are. */
function inFloat32(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(['dtype', 'torch_dtype'].filter((key) => key in config).map((key) => [key, 'float32']));
}
