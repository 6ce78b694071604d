import { basename, resolve } from 'node:path';
import { sizeOf } from '@lomap/compile';
import type { LinearModule, Model } from '../architectures/architecture.ts';
import { architectureOf } from '../architectures/registry.ts';
import { ModelError } from '../model-error.ts';
import { engineDtype, dtypeBytes, isWeightDtype, type WeightDtype } from '../safetensors/dtype.ts';
import { holdsWeights, openConfig, openWeights } from './folder.ts';

/** What a checkpoint's config.json says of it without its weights: enough to plan a sweep and to count parameters. */
export interface CheckpointShapes extends Pick<Model, 'head' | 'classifier' | 'roles' | 'limits' | 'attention'> {
  readonly type: string;
  readonly name: string;
  readonly linears: readonly LinearModule[];
  readonly tensors: readonly string[];
  /** @throws ModelError on an unknown name. */
  shape(name: string): readonly number[];
  /**
   * The weights as they lie in their files; where there are none, as the configuration's `dtype` (or `torch_dtype`) says they
   * will: `files` is 0 then.
   */
  readonly stored: { readonly files: number; readonly dtypes: readonly WeightDtype[]; readonly bytes: number };
}

/**
 * Reads a checkpoint's config.json, and of its weights, if they are there, the headers.
 *
 * @param numLabels rows of the classifier.
 * @throws ModelError as `openCheckpoint`.
 */
export function checkpointShapes(directory: string, numLabels: number): CheckpointShapes {
  const { config, configPath } = openConfig(directory);
  const architecture = architectureOf(config, configPath);
  const model = architecture.parse(config, configPath);
  const shapes = model.shapes(numLabels);
  const { head, classifier, roles, limits, attention } = model;
  return {
    ...{ head, classifier, roles, limits, attention },
    type: architecture.type,
    name: basename(resolve(directory)),
    linears: model.linears(numLabels),
    tensors: [...shapes.keys()],
    shape(name) {
      const shape = shapes.get(name);
      if (!shape) throw new ModelError(`The model of ${directory} has no tensor ${name}.`);
      return shape;
    },
    stored: holdsWeights(directory) ? storedIn(directory) : expected(config, [...shapes.values()]),
  };
}

function storedIn(directory: string): CheckpointShapes['stored'] {
  const { files, tensors } = openWeights(directory);
  const bytes = new Map<WeightDtype, number>();
  for (const tensor of tensors.values()) {
    if (isWeightDtype(tensor.dtype)) bytes.set(tensor.dtype, (bytes.get(tensor.dtype) ?? 0) + tensor.bytes);
  }
  const sorted = [...bytes].sort(([, a], [, b]) => b - a);
  return {
    files: files.length,
    dtypes: sorted.map(([dtype]) => dtype),
    bytes: sorted.reduce((sum, [, own]) => sum + own, 0),
  };
}

function expected(
  config: Readonly<Record<string, unknown>>,
  shapes: readonly (readonly number[])[],
): CheckpointShapes['stored'] {
  const named = config['dtype'] ?? config['torch_dtype'];
  const dtype = (Object.keys(engineDtype) as WeightDtype[]).find((type) => engineDtype[type] === named) ?? 'F32';
  const values = shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
  return { files: 0, dtypes: [dtype], bytes: values * dtypeBytes.get(dtype)! };
}
