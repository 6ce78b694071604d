import { tf } from '@lomap/compile';
import { clip, type ClippingSettings } from './clipping.ts';
import { concatParams, splitParams, type FlatLayout } from './flat-layout.ts';
import type { Optimizer, OptimizerHyper, OptimizerState } from './optimizers/optimizer.ts';

/** The numbers of a step that are not the batch, as tensors or as host arrays: the optimizer's, each [1], and these. */
export interface StepHyper<T> extends OptimizerHyper<T> {
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
  /** The clipped gradient [P], where it was asked for. */
  readonly gradient?: T;
}

/** A pure function of tensors: loss, gradients, clipping and the optimizer. Run it eagerly or give it to `compile`. */
export type TrainStep<Batch> = (
  state: OptimizerState<tf.Tensor1D>,
  batch: Batch,
  hyper: StepHyper<tf.Tensor1D>,
) => StepResult<tf.Tensor1D>;

/** The mean loss of a batch, given the trainable tensors in the order of the specs. A pure function of tensors. */
export type BatchLoss<Batch> = (params: tf.Tensor[], batch: Batch, dropoutOffsets: tf.Tensor1D) => tf.Scalar;

/** What is done with a gradient. */
export interface UpdateOptions {
  readonly layout: FlatLayout;
  readonly optimizer: Optimizer;
  readonly clipping: ClippingSettings;
  /** Whether the step returns the gradient that the optimizer saw. @default false */
  readonly returnsGradient?: boolean | undefined;
}

/** What a training step is made of. */
export interface TrainStepOptions<Batch> extends UpdateOptions {
  readonly loss: BatchLoss<Batch>;
}

/**
 * The loss and its gradient [P] at the flat parameters [P].
 *
 * The vector is split once and the gradients are concatenated once; tfjs refuses a loss that one of the tensors has no
 * part in.
 */
export function lossAndGradient<Batch>(
  layout: FlatLayout,
  loss: BatchLoss<Batch>,
  params: tf.Tensor1D,
  batch: Batch,
  dropoutOffsets: tf.Tensor1D,
): { loss: tf.Scalar; gradient: tf.Tensor1D } {
  const differentiate = tf.valueAndGrads((...own: tf.Tensor[]) => loss(own, batch, dropoutOffsets));
  const { value, grads } = differentiate(splitParams(layout, params));
  return { loss: value as tf.Scalar, gradient: concatParams(layout, grads) };
}

/** Clips the gradient [P] of the loss [1] and lets the optimizer take its step. A pure function of tensors. */
export function update(
  options: UpdateOptions,
  state: OptimizerState<tf.Tensor1D>,
  { loss, gradient }: { loss: tf.Tensor1D; gradient: tf.Tensor1D },
  hyper: OptimizerHyper<tf.Tensor1D>,
): StepResult<tf.Tensor1D> {
  const clipped = clip(gradient, options.layout, options.clipping);
  return {
    state: options.optimizer.update(state, clipped.gradient, hyper, options.layout),
    metrics: { loss, gradientNorm: clipped.norm, clippingFactor: clipped.factor },
    ...(options.returnsGradient && { gradient: clipped.gradient }),
  };
}

/**
 * The training step: (state, batch, hyper) → { state, metrics }, and the gradient if asked for.
 *
 * On one flat vector, clipping and an optimizer such as AdamW are a handful of elementwise operations however many tensors there are.
 */
export function trainStep<Batch>(options: TrainStepOptions<Batch>): TrainStep<Batch> {
  return (state, batch, hyper) => {
    const { loss, gradient } = lossAndGradient(options.layout, options.loss, state.params, batch, hyper.dropoutOffsets);
    return update(options, state, { loss: tf.reshape(loss, [1]), gradient }, hyper);
  };
}
