import { tf } from '@lomap/compile';
import { perSegment, type Layout, type Segment } from './layout.ts';

/** Hyperparameters of AdamW that stay the same through a run. */
export interface AdamWSettings {
  readonly betas: readonly [number, number];
  readonly epsilon: number;
  /** Decoupled weight decay λ of the segments that decay. */
  readonly weightDecay: number;
  /** A segment's learning rate over the step's; default: its multiplier. */
  readonly learningRateScale?: (segment: Segment) => number;
}

/** The parameters and Adam's two moments, each [P], as tensors or as host arrays. */
export interface OptimizerState<T> {
  readonly params: T;
  readonly m: T;
  readonly v: T;
}

/** The numbers of AdamW that change with the step, each [1]. */
export interface AdamWHyper<T> {
  readonly learningRate: T;
  /** 1 - β₁ᵗ and 1 - β₂ᵗ at the t-th step, t from 1. */
  readonly correction1: T;
  readonly correction2: T;
}

/**
 * One step of AdamW (Loshchilov & Hutter, arXiv 1711.05101), as torch.optim.AdamW computes it:
 *
 *     p ← p (1 - η λ);  m ← β₁ m + (1 - β₁) g;  v ← β₂ v + (1 - β₂) g²
 *     p ← p - η / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)
 *
 * with η the learning rate times the segment's scale.
 */
export function adamw(
  state: OptimizerState<tf.Tensor1D>,
  gradient: tf.Tensor1D,
  hyper: AdamWHyper<tf.Tensor1D>,
  layout: Layout,
  settings: AdamWSettings,
): OptimizerState<tf.Tensor1D> {
  const [beta1, beta2] = settings.betas;
  const scaleOf = settings.learningRateScale ?? ((segment: Segment) => segment.learningRateMultiplier);
  const scaled = (constant: number | tf.Tensor1D): tf.Tensor1D =>
    constant === 1 ? hyper.learningRate : tf.mul(hyper.learningRate, constant);

  const rate = scaled(perSegment(layout, scaleOf));
  const decay = perSegment(layout, (segment) => (segment.decay ? settings.weightDecay * scaleOf(segment) : 0));
  const decayed = decay === 0 ? state.params : tf.mul(state.params, tf.sub(1, scaled(decay)));
  const m: tf.Tensor1D = tf.add(tf.mul(state.m, beta1), tf.mul(gradient, 1 - beta1));
  const v: tf.Tensor1D = tf.add(tf.mul(state.v, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const denominator = tf.add(tf.div(tf.sqrt(v), tf.sqrt(hyper.correction2)), settings.epsilon);
  const update = tf.mul(tf.div(rate, hyper.correction1), tf.div(m, denominator));
  return { params: tf.sub(decayed, update), m, v };
}

/** Bias corrections 1 - βᵗ of the `step`-th step, counted from 0 (so t = step + 1). */
export function biasCorrections(betas: readonly [number, number], step: number): [number, number] {
  return [1 - betas[0] ** (step + 1), 1 - betas[1] ** (step + 1)];
}
