/** A LoRA of the tiny model as training starts it, as a folder. */
import { dirname, join } from 'node:path';
import { key } from '@lomap/compile';
import { openCheckpoint } from '@lomap/models';
import { adapt, adapterFiles, methodDefaults } from '@lomap/peft';
import { writeAdapterFolder } from '@lomap/runner';

/** Writes the adapter of a model's folder. */
export async function writeTinyAdapter(folder: string, modelFolder: string): Promise<void> {
  const cacheDirectory = join(dirname(folder), 'cache');
  const model = await openCheckpoint(modelFolder, { numLabels: 2, cacheDirectory, headKey: key(1) });
  const settings = { ...methodDefaults('lora'), rank: 2 };
  const params = adapt(model, settings).specs.map((spec) => spec.init(key(2)));
  const base = { name: 'model', type: model.type, sha256: model.sha256 };
  await writeAdapterFolder(folder, adapterFiles({ model, settings, params, base }));
}
