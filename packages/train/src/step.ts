import { tf } from '@lomap/compile';
import { adamw, type AdamWHyper, type AdamWSettings, type OptimizerState } from './adamw.ts';
import { clip, type ClippingSettings } from './clipping.ts';
import { concatParams, splitParams, type Layout } from './layout.ts';

/** The numbers of a step that are not the batch, as tensors or as host arrays. */
export interface StepHyper<T> extends AdamWHyper<T> {
  /** Where each dropout site reads the pool. int32 [MAX_SITES] */
  readonly dropoutOffsets: T;
}

/** What a step measures, as tensors or as host arrays. */
export interface StepMetrics<T> {
  /** Mean loss of the batch before the update. [1] */
  readonly loss: T;
  /** Norm of each group's gradient before clipping. [groups] */
  readonly gradientNorm: T;
  /** Factor that clipping put on each group's gradient. [groups] */
  readonly clippingFactor: T;
}

/** What a step returns. */
export interface StepResult<T> {
  readonly state: OptimizerState<T>;
  readonly metrics: StepMetrics<T>;
}

/** A pure function of tensors: loss, gradients, clipping and AdamW. Run it eagerly or give it to `compile`. */
export type TrainStep<Batch> = (
  state: OptimizerState<tf.Tensor1D>,
  batch: Batch,
  hyper: StepHyper<tf.Tensor1D>,
) => StepResult<tf.Tensor1D>;

/** What a training step is made of. */
export interface TrainStepOptions<Batch> {
  readonly layout: Layout;
  /** The mean loss of a batch, given the trainable tensors in the order of the specs. */
  readonly loss: (params: tf.Tensor[], batch: Batch, dropoutOffsets: tf.Tensor1D) => tf.Scalar;
  readonly optimizer: AdamWSettings;
  readonly clipping: ClippingSettings;
}

/**
 * The training step: (state, batch, hyper) → { state, metrics }.
 *
 * All trainable tensors are one vector [P] that is split once, and their gradients are concatenated once, so that
 * clipping and AdamW are a handful of elementwise operations however many tensors there are.
 */
export function trainStep<Batch>(options: TrainStepOptions<Batch>): TrainStep<Batch> {
  const { layout } = options;
  return (state, batch, hyper) => {
    const params = splitParams(layout, state.params);
    const lossAndGradients = tf.valueAndGrads((...own: tf.Tensor[]) => options.loss(own, batch, hyper.dropoutOffsets));
    const { value, grads } = lossAndGradients(params);
    const clipped = clip(concatParams(layout, grads), layout, options.clipping);
    return {
      state: adamw(state, clipped.gradient, hyper, layout, options.optimizer),
      metrics: {
        loss: tf.reshape(value, [1]),
        gradientNorm: clipped.norm,
        clippingFactor: clipped.factor,
      },
    };
  };
}
