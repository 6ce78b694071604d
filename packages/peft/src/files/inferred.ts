/** The linear modules that an adapter's tensors are of, where no base model is at hand. */
import { inHead } from '../targets.ts';
import type { BaseModel, LinearModule } from '../types.ts';
import type { PeftType } from './forms.ts';
import { bareKey, parseKey, peftKey, PREFIX, projectionKey } from './names.ts';
import type { FileTensor } from './types.ts';

type Tensors = ReadonlyMap<string, FileTensor>;
/** A module's tensors by local names, and the file's keys of them. */
type Own = ReadonlyMap<string, { readonly key: string; readonly tensor: FileTensor }>;
/** A factor of a dimension: the axis of a tensor, or of the one in whose place it is. */
type Factor = readonly (readonly [local: string, axis: number])[];

/** Where `out` and `in` are read from a module's tensors: as products of factors. */
const dimensions: Readonly<Record<PeftType, { readonly out: readonly Factor[]; readonly in: readonly Factor[] }>> = {
  LORA: { out: [[['lora_B', 0]]], in: [[['lora_A', 1]]] },
  ADALORA: { out: [[['lora_B', 0]]], in: [[['lora_A', 1]]] },
  LOHA: { out: [[['hada_w1_a', 0]]], in: [[['hada_w1_b', 1]]] },
  LOKR: {
    out: [
      [
        ['lokr_w1', 0],
        ['lokr_w1_a', 0],
      ],
      [
        ['lokr_w2', 0],
        ['lokr_w2_a', 0],
      ],
    ],
    in: [
      [
        ['lokr_w1', 1],
        ['lokr_w1_b', 1],
      ],
      [
        ['lokr_w2', 1],
        ['lokr_w2_b', 1],
      ],
    ],
  },
  VERA: { out: [[['vera_lambda_b', 0]]], in: [] },
  DELORA: { out: [[['delora_B', 0]]], in: [[['delora_A', 1]]] },
  IA3: { out: [], in: [] },
};

export interface Inferred {
  readonly modules: readonly LinearModule[];
  /** Tensors without their other half, or of no matrix's shape, a line each. */
  readonly problems: readonly string[];
}

/**
 * The modules and their shapes by their tensors, in the file's order. VeRA's are as wide as its projection, (IA)³'s are
 * square: their files do not say more.
 */
export function inferredModules(type: PeftType, tensors: Tensors): Inferred {
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
  const keyOf = type === 'ADALORA' ? bareKey : peftKey;
  const size = (path: string, own: Own, factors: readonly Factor[]): number => {
    const sizes = factors.map((factor) => {
      const found = factor.find(([local]) => own.has(local));
      if (!found) {
        const [there] = own.values();
        problems.push(`${keyOf(path, factor[0]![0])} is missing beside ${there!.key}`);
        return 1;
      }
      const { key, tensor } = own.get(found[0])!;
      const axes = type === 'VERA' ? 1 : 2;
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
    const of = dimensions[type];
    if (type === 'IA3') {
      const side = Math.max(1, ...(own.get('ia3_l')?.tensor.shape ?? []));
      return { path, out: side, in: side, bias: false };
    }
    const width = type === 'VERA' ? (tensors.get(projectionKey.vera_A)?.shape[1] ?? 1) : size(path, own, of.in);
    return { path, out: size(path, own, of.out), in: width, bias: false };
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
