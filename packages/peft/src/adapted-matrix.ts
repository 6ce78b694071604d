import type { tf } from '@lomap/compile';
import {
  denseNorms,
  denseSum,
  frozenWeight,
  type HostValues,
  type ParamSpec,
  type Tensors,
  type Weight,
} from '@lomap/map';
import type { AdapterMethod } from './methods/method.ts';
import type { BaseModel, Context, LinearModule, MatrixSummary } from './types.ts';

/** One adapted module: an update and a composition bound to its frozen weight. */
export class AdaptedMatrix {
  readonly module: LinearModule;
  /** The trainable tensors, by local names. */
  readonly specs: readonly ParamSpec[];
  readonly #method: AdapterMethod;
  readonly #dropoutRate: number;
  readonly #weight: Weight;

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
    this.specs = [...method.delta.params(module), ...method.composition.params(this.#weight)];
  }

  /** x W*ᵀ + bias [n, out] of x [n, in]; the update reads x after the adapter's dropout, site `${path}.adapter`. */
  apply(x: tf.Tensor2D, own: Tensors, base: Context): tf.Tensor2D {
    const { module } = this;
    const { delta, composition } = this.#method;
    const xDelta = this.#dropoutRate > 0 ? base.dropout(x, `${module.path}.adapter`, this.#dropoutRate) : x;
    const bias = module.bias ? (base.param(`${module.path}.bias`) as tf.Tensor1D) : null;
    return composition.apply({ x, xDelta, bias }, this.#weight, delta.bind(module, own), own);
  }

  /** W* [out, in], computed in float64 and rounded once. */
  merge(own: HostValues): Float32Array {
    return Float32Array.from(this.#merged(own, this.#method.delta.dense(this.module, own)));
  }

  summary(own: HostValues): MatrixSummary {
    const { delta, composition } = this.#method;
    const dense = delta.dense(this.module, own);
    const norm = (values: ArrayLike<number>): number => denseNorms(this.module, values, 'global')[0]!;
    return {
      path: this.module.path,
      updateNorm: norm(denseSum(this.#merged(own, dense), this.#weight.values(), -1)),
      baseNorm: this.#weight.norms('global')[0]!,
      deltaNorm: norm(dense),
      ...(composition.summary?.(this.#weight, own) ?? { alphaChange: null, beta: null, betaStart: null }),
    };
  }

  #merged(own: HostValues, dense: Float64Array): Float64Array {
    return this.#method.composition.weight(this.#weight, dense, own);
  }
}
