import { tf } from '@lomap/compile';
import type { FlatLayout } from './flat-layout.ts';
import { lossAndGradient, type BatchLoss } from './step.ts';

/** What the parts of a batch have added up to, as tensors or as host arrays. */
export interface BatchSums<T> {
  /** [1] */
  readonly loss: T;
  /** [P] */
  readonly gradient: T;
}

/** The numbers of a pass that are not the part's examples, as tensors or as host arrays. */
export interface PassHyper<T> {
  /** The part's examples over the batch's. [1] */
  readonly share: T;
  /** Where each dropout site reads the pool. int32 [MAX_SITES] */
  readonly dropoutOffsets: T;
}

/** A pure function of tensors: the sums with a part's share of the loss and of its gradient added. */
export type GradientPass<Part> = (
  params: tf.Tensor1D,
  sums: BatchSums<tf.Tensor1D>,
  part: Part,
  hyper: PassHyper<tf.Tensor1D>,
) => BatchSums<tf.Tensor1D>;

/**
 * Gradient accumulation: a batch in parts p of n_p examples, whose mean losses L_p and gradients add up to the batch's,
 *
 *     L = Σ_p n_p/n · L_p,  ∇L = Σ_p n_p/n · ∇L_p
 *
 * to rounding. Only one part's activations exist at a time.
 */
export function gradientPass<Part>(layout: FlatLayout, loss: BatchLoss<Part>): GradientPass<Part> {
  return (params, sums, part, { share, dropoutOffsets }) => {
    const own = lossAndGradient(layout, loss, params, part, dropoutOffsets);
    return {
      loss: tf.add(sums.loss, tf.mul(share, own.loss)),
      gradient: tf.add(sums.gradient, tf.mul(share, own.gradient)),
    };
  };
}
