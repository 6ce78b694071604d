/** The linear modules that an adapter's tensors are of, where no base model is at hand. */
import { inHead } from '../targets.ts';
import type { BaseModel, LinearModule } from '../types.ts';
import type { Dimension, OwnTensors, PeftForm } from './form.ts';
import { keyIn, parseKey } from './forms.ts';
import { PREFIX } from './names.ts';
import type { FileTensor } from './types.ts';

type Tensors = ReadonlyMap<string, FileTensor>;
export interface Inferred {
  readonly modules: readonly LinearModule[];
  /** Tensors without their other half, or of no matrix's shape, a line each. */
  readonly problems: readonly string[];
}

/**
 * The modules and their shapes by their tensors, in the file's order, as far as the form's say them.
 */
export function inferredModules(form: PeftForm, tensors: Tensors): Inferred {
  const problems: string[] = [];
  const byPath = new Map<string, Map<string, { key: string; tensor: FileTensor }>>();
  for (const [key, tensor] of tensors) {
    const at = parseKey(key);
    if (!at) continue;
    if (at.local.startsWith('lora_embedding_')) {
      problems.push(`${key} is of an embedding; only linear modules are adapted here`);
      continue;
    }
    const own = byPath.get(at.path) ?? new Map<string, { key: string; tensor: FileTensor }>();
    byPath.set(at.path, own.set(at.local, { key, tensor }));
  }
  const { axes } = form.dimensions;
  const size = (path: string, own: OwnTensors, of: Dimension): number => {
    if (typeof of === 'function') return of(own, tensors);
    const sizes = of.map((factor) => {
      const found = factor.find(([local]) => own.has(local));
      if (!found) {
        const [there] = own.values();
        problems.push(`${keyIn(form, path, factor[0]![0])} is missing beside ${there!.key}`);
        return 1;
      }
      const { key, tensor } = own.get(found[0])!;
      if (tensor.shape.length !== axes) {
        problems.push(
          `${key} has shape [${tensor.shape.join(', ')}]; expected ${axes} dimension${axes > 1 ? 's' : ''}`,
        );
      }
      return tensor.shape[found[1]] ?? 1;
    });
    return sizes.reduce((product, dimension) => product * dimension, 1);
  };
  const modules = [...byPath].map(([path, own]): LinearModule => {
    const width = size(path, own, form.dimensions.in);
    return { path, out: size(path, own, form.dimensions.out), in: width, bias: false };
  });
  return { modules, problems };
}

/** Asked for of a model that is inferred from an adapter's files, which do not hold it. */
export class UnknownWeightError extends Error {
  override readonly name = 'UnknownWeightError';
}

/**
 * A model of these modules, and with as much of the head as the file holds or adapts. It has no values: reading one is an
 * UnknownWeightError.
 *
 * @param head path prefixes of the head's modules
 */
export function inferredModel(modules: readonly LinearModule[], tensors: Tensors, head: readonly string[]): BaseModel {
  const saved = [...tensors].filter(([key]) => key.startsWith(PREFIX) && !parseKey(key));
  const adapted = modules.filter(({ path }) => inHead(head, path));
  const shapes = new Map([
    ...adapted.map(({ path, out, in: width }) => [`${path}.weight`, [out, width]] as const),
    ...saved.map(([key, { shape }]) => [key.slice(PREFIX.length), shape] as const),
  ]);
  const none = (name: string): never => {
    throw new UnknownWeightError(`${name} was read of a model that is inferred from an adapter.`);
  };
  return {
    linears: modules,
    head,
    tensors: [...shapes.keys()],
    shape: (name) => shapes.get(name) ?? none(name),
    ...{ read: none, fresh: none, frozen: none },
  };
}
