import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readJsonObject, statOrNull } from '../files.ts';
import { ModelError, reasonOf } from '../model-error.ts';
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

/** SHA-256 of model.safetensors followed by config.json, in hex: `cat model.safetensors config.json | sha256sum`. */
export async function hashFolder(folder: CheckpointFolder): Promise<string> {
  const hash = createHash('sha256');
  for (const path of [folder.weights.path, folder.configPath]) {
    try {
      await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) hash.update(chunk);
      });
    } catch (error) {
      throw new ModelError(`${path} cannot be read: ${reasonOf(error)}.`);
    }
  }
  return hash.digest('hex');
}
