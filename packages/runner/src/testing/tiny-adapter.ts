/** A BERT of one layer and adapters of it, as folders. For specs only. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fold, key, normal, sizeOf } from '@lomap/compile';
import { engineDtype, modelOf, openCheckpoint, writeSafetensors, type WeightDtype } from '@lomap/models';
import {
  adapt,
  adapterFiles,
  methodDefaults,
  withModuleNames,
  type AdapterFiles,
  type MethodSettings,
} from '@lomap/peft';
import { writeAdapterFolder } from '../adapters/folder.ts';

const config = {
  ...{ model_type: 'bert', vocab_size: 9, hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2 },
  ...{ intermediate_size: 12, max_position_embeddings: 16 },
};
const LABELS = 3;

/** Writes a checkpoint's folder without a classifier. Another seed is another model. */
export async function writeTinyBase(folder: string, seed = 1, dtype: WeightDtype = 'F32'): Promise<string> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, torch_dtype: engineDtype[dtype] }));
  writeFileSync(join(folder, 'vocab.txt'), '[PAD]\n');
  const shapes = [...modelOf(config, 'config.json').shapes(LABELS)];
  const tensors = shapes
    .filter(([name]) => !name.startsWith('classifier.'))
    .map(([name, shape]) => [name, { shape, dtype, values: () => values(seed, name, shape) }] as const);
  await writeSafetensors(join(folder, 'model.safetensors'), new Map(tensors));
  return folder;
}

function values(seed: number, name: string, shape: readonly number[]): Float32Array {
  return normal(fold(key(seed), name), sizeOf(shape), 0, 0.4);
}

/** Writes an adapter of the base, every value moved from its start. Returns its files. */
export async function writeTinyAdapter(
  folder: string,
  base: string,
  name: string,
  changes: Partial<MethodSettings> = {},
): Promise<AdapterFiles> {
  const model = await openCheckpoint(base, { numLabels: LABELS, cacheDirectory: join(folder, '..'), headKey: key(3) });
  const settings = withModuleNames({ ...methodDefaults(name), rank: 2, ...changes }, model.roles);
  const params = adapt(model, settings).specs.map((spec) => {
    const noise = normal(fold(key(2), spec.name), sizeOf(spec.shape), 0, 0.1);
    return spec.init(key(1)).map((value, i) => value + noise[i]!);
  });
  const files = adapterFiles({ model, settings, params, base: { name: 'tiny', type: 'bert', sha256: model.sha256 } });
  await writeAdapterFolder(folder, files);
  return files;
}
