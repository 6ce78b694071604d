import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonObject, statOrNull } from '../files.ts';
import { ModelError } from '../model-error.ts';
import { openSafetensors, type Safetensors } from '../safetensors/read.ts';
import { openShards } from '../safetensors/shards.ts';

/** The name of the weights in one file, and of the index of several. */
const [oneFile, index] = ['model.safetensors', 'model.safetensors.index.json'];

/** The files of a checkpoint's folder. */
export interface CheckpointFolder {
  readonly configPath: string;
  readonly config: Record<string, unknown>;
  readonly weights: Safetensors;
}

const remedy =
  'A checkpoint is a folder with config.json and model.safetensors, in one file or several, as Hugging Face saves it.';

/** Opens the files of a checkpoint's folder. @throws ModelError naming what is missing or damaged and what to do. */
export function openFolder(directory: string): CheckpointFolder {
  if (!statOrNull(directory)?.isDirectory()) {
    throw new ModelError(`${directory} is not a folder. ${remedy}`);
  }
  const configPath = join(directory, 'config.json');
  const config = readJsonObject(configPath, remedy);
  return { configPath, config, weights: openWeights(directory) };
}

/** The weights of a checkpoint's folder: model.safetensors, or the files of model.safetensors.index.json. @throws ModelError */
export function openWeights(directory: string): Safetensors {
  const path = join(directory, oneFile);
  if (existsSync(path)) return openSafetensors(path);
  if (existsSync(join(directory, index))) return openShards(join(directory, index));
  throw new ModelError(`${path} does not exist. ${missingWeights(directory)}`);
}

function missingWeights(directory: string): string {
  const pickle = ['pytorch_model.bin', 'pytorch_model.bin.index.json'].find((name) =>
    existsSync(join(directory, name)),
  );
  if (pickle !== undefined) {
    return `The folder holds ${pickle}: load it in transformers and save_pretrained(safe_serialization=True).`;
  }
  return remedy;
}
