/** What a model is by its config.json alone: enough to plan and to count, without a weight. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { LinearModule, Model } from '../architectures/architecture.ts';
import { architectureOf } from '../architectures/registry.ts';
import { readJsonObject } from '../files.ts';
import { ModelError } from '../model-error.ts';

/** A model without weights, with the names of Hugging Face's classification model. */
export interface ModelDescription extends Pick<Model, 'head' | 'roles' | 'limits' | 'attention'> {
  /** `model_type` of config.json: the architecture's name. */
  readonly type: string;
  /** The folder's name. */
  readonly name: string;
  /** SHA-256 of config.json, in hex. */
  readonly sha256: string;
  /** Bytes of a value in the checkpoint's files, as config.json says: 2 for float16 and bfloat16. */
  readonly bytesPerValue: 2 | 4;
  readonly linears: readonly LinearModule[];
  readonly tensors: readonly string[];
  /** A tensor's shape. @throws ModelError on an unknown name */
  shape(name: string): readonly number[];
}

/**
 * Reads a checkpoint's config.json, and nothing else.
 *
 * @param numLabels rows of the classifier
 * @throws ModelError naming the file and what cannot be used
 */
export function describeModel(directory: string, numLabels: number): ModelDescription {
  const path = join(directory, 'config.json');
  const config = readJsonObject(path, 'A model is described by the config.json that Hugging Face saves.');
  const architecture = architectureOf(config, path);
  const model = architecture.parse(config, path);
  const shapes = model.shapes(numLabels);
  const stored = config['torch_dtype'] ?? config['dtype'];
  const { head, roles, limits, attention } = model;
  return {
    ...{ head, roles, limits, attention },
    type: architecture.type,
    name: basename(resolve(directory)),
    sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
    bytesPerValue: stored === 'float16' || stored === 'bfloat16' ? 2 : 4,
    linears: model.linears(numLabels),
    tensors: [...shapes.keys()],
    shape(name) {
      const found = shapes.get(name);
      if (!found) throw new ModelError(`The model of ${path} has no tensor ${name}.`);
      return found;
    },
  };
}

/** Whether a folder has a config.json and no file of weights, of whatever kind. */
export function isDescriptionOnly(directory: string): boolean {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return false;
  }
  return names.includes('config.json') && !names.some((name) => /\.(safetensors|bin)(\.index\.json)?$/.test(name));
}
