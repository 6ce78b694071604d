import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonObject, statOrNull } from '../files.ts';
import { ModelError } from '../model-error.ts';
import { openSafetensors, type Safetensors } from '../safetensors/read.ts';

/** The files of a checkpoint's folder. */
export interface CheckpointFolder {
  readonly configPath: string;
  readonly config: Record<string, unknown>;
  readonly weights: Safetensors;
}

const remedy = 'A checkpoint is a folder with config.json and model.safetensors, as Hugging Face saves it.';

/** Opens the files of a checkpoint's folder. @throws ModelError naming what is missing or damaged and what to do. */
export function openFolder(directory: string): CheckpointFolder {
  if (!statOrNull(directory)?.isDirectory()) {
    throw new ModelError(`${directory} is not a folder. ${remedy}`);
  }
  const configPath = join(directory, 'config.json');
  const config = readJsonObject(configPath, remedy);
  const weightsPath = join(directory, 'model.safetensors');
  if (!existsSync(weightsPath)) throw new ModelError(`${weightsPath} does not exist. ${missingWeights(directory)}`);
  return { configPath, config, weights: openSafetensors(weightsPath) };
}

function missingWeights(directory: string): string {
  if (existsSync(join(directory, 'model.safetensors.index.json'))) {
    return 'The folder holds a checkpoint in several files: save it as one, with save_pretrained(max_shard_size="100GB").';
  }
  if (existsSync(join(directory, 'pytorch_model.bin'))) {
    return 'The folder holds pytorch_model.bin: load it in transformers and save_pretrained(safe_serialization=True).';
  }
  return remedy;
}
