import type { tf } from '@lomap/compile';
import {
  denseNorms,
  denseSum,
  frozenWeight,
  type Constants,
  type Delta,
  type HostValues,
  type ParamSpec,
  type Tensors,
  type Weight,
} from '@lomap/map';
import type { AdapterMethod } from './methods/method.ts';
import type { BaseModel, Context, LinearModule, MatrixSummary } from './types.ts';

/** The name that a matrix's tensor has in the adaptation: after the module's path, or what it is shared under. */
export function nameIn({ path }: Pick<LinearModule, 'path'>, { name, shared }: ParamSpec): string {
  return `${shared ?? path}.${name}`;
}

/** One adapted module: an update and a composition bound to its frozen weight. */
export class AdaptedMatrix {
  readonly module: LinearModule;
  /** The trainable tensors, by local names. */
  readonly specs: readonly ParamSpec[];
  readonly #method: AdapterMethod;
  readonly #dropoutRate: number;
  readonly #weight: Weight;
  readonly #readBias: () => Float32Array;

  constructor(
    model: Pick<BaseModel, 'read' | 'frozen'>,
    module: LinearModule,
    method: AdapterMethod,
    dropoutRate: number,
  ) {
    const name = `${module.path}.weight`;
    this.module = module;
    this.#method = method;
    this.#dropoutRate = dropoutRate;
    this.#weight = frozenWeight(
      module.path,
      module,
      () => model.read(name),
      () => model.frozen(name) as tf.Tensor2D,
    );
    this.#readBias = () => model.read(`${module.path}.bias`);
    this.specs = [...(method.delta?.params(this.#weight) ?? []), ...method.composition.params(this.#weight)];
  }

  /** The frozen weight that it adapts. */
  get weight(): Weight {
    return this.#weight;
  }

  /** Whether merging changes the module's bias. */
  get changesBias(): boolean {
    return this.module.bias && this.#method.composition.bias !== undefined;
  }

  /**
   * x W*ᵀ + bias [n, out] of x [n, in]; the update reads x after the adapter's dropout, site `${path}.adapter`.
   *
   * @param use how often the module was applied before in the same pass: each time has a site, and so a mask, of its own.
   */
  apply(x: tf.Tensor2D, own: Tensors, base: Context, constants: Constants, use: number): tf.Tensor2D {
    const { module } = this;
    const { delta, composition } = this.#method;
    const site = `${module.path}.adapter${use === 0 ? '' : `.${use + 1}`}`;
    const xDelta = this.#dropoutRate > 0 ? base.dropout(x, site, this.#dropoutRate) : x;
    const bias = module.bias ? (base.param(`${module.path}.bias`) as tf.Tensor1D) : null;
    const update = delta?.bind(this.#weight, own, constants) ?? noUpdate(module);
    return composition.apply({ x, xDelta, bias }, this.#weight, update, own);
  }

  /** Whether training takes ranks of the update away. */
  get losesRanks(): boolean {
    return this.#method.delta?.rank !== undefined;
  }

  /** Parameters in the ranks that it took away. */
  lostParameters(own: HostValues): number {
    return this.#method.delta?.lostParameters?.(own) ?? 0;
  }

  /** What the method adds to the training loss for this matrix; null for nothing. */
  penalty(own: Tensors): tf.Tensor | null {
    return this.#method.delta?.penalty?.(own) ?? null;
  }

  /** W* [out, in], computed in float64 and rounded once. */
  merge(own: HostValues): Float32Array {
    return Float32Array.from(this.#merged(own, this.#dense(own)));
  }

  /** The bias [out] where the composition changes it, else null. */
  mergeBias(own: HostValues): Float32Array | null {
    const { composition } = this.#method;
    if (!this.changesBias) return null;
    return Float32Array.from(composition.bias!(this.#weight, this.#readBias(), own));
  }

  summary(own: HostValues): MatrixSummary {
    const { delta, composition } = this.#method;
    const dense = this.#dense(own);
    const norm = (values: ArrayLike<number>): number => denseNorms(this.module, values, 'global')[0]!;
    return {
      path: this.module.path,
      updateNorm: norm(denseSum(this.#merged(own, dense), this.#weight.values(), -1)),
      baseNorm: this.#weight.norms('global')[0]!,
      deltaNorm: delta && norm(dense),
      ...(composition.summary?.(this.#weight, own, dense) ?? { alphaChange: null, beta: null, betaStart: null }),
      ...(delta?.rank && { rank: delta.rank(own) }),
    };
  }

  #dense(own: HostValues): Float64Array {
    const { out, in: columns } = this.module;
    return this.#method.delta?.dense(this.#weight, own) ?? new Float64Array(out * columns);
  }

  #merged(own: HostValues, dense: Float64Array): Float64Array {
    return this.#method.composition.weight(this.#weight, dense, own);
  }
}

/** Δ of a method without one: compositions that take it do not read it. */
function noUpdate({ path, out, in: columns }: LinearModule): Delta {
  const none = (): never => {
    throw new Error(`${path}: the method has no update.`);
  };
  return { out, in: columns, apply: none, dense: none, squaredNorm: none, inner: none, scale: none };
}
