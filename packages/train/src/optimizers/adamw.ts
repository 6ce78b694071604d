import { tf } from '@lomap/compile';
import { perSegment, type Segment } from '../flat-layout.ts';
import type { Optimizer, OptimizerSettings } from './optimizer.ts';

/**
 * AdamW (Loshchilov & Hutter, arXiv 1711.05101), as torch.optim.AdamW computes it:
 *
 *     p ← p (1 - η λ);  m ← β₁ m + (1 - β₁) g;  v ← β₂ v + (1 - β₂) g²
 *     p ← p - η / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)
 *
 * with η the learning rate times the segment's scale and t the step, counted from 1.
 */
export function adamw(settings: OptimizerSettings): Optimizer {
  const [beta1, beta2] = settings.betas;
  const scaleOf = settings.learningRateScale ?? ((segment: Segment) => segment.learningRateMultiplier);
  return {
    name: 'adamw',
    slots: ['m', 'v'],
    hyper: ({ k, learningRate }) => ({
      learningRate,
      correction1: 1 - beta1 ** (k + 1),
      correction2: 1 - beta2 ** (k + 1),
    }),
    update(state, gradient, hyper, layout) {
      const learningRate = hyper.learningRate!;
      const scaled = (constant: number | tf.Tensor1D): tf.Tensor1D =>
        constant === 1 ? learningRate : tf.mul(learningRate, constant);

      const rate = scaled(perSegment(layout, scaleOf));
      const decay = perSegment(layout, (segment) => (segment.decay ? settings.weightDecay * scaleOf(segment) : 0));
      const decayed = decay === 0 ? state.params : tf.mul(state.params, tf.sub(1, scaled(decay)));
      const m: tf.Tensor1D = tf.add(tf.mul(state.m!, beta1), tf.mul(gradient, 1 - beta1));
      const v: tf.Tensor1D = tf.add(tf.mul(state.v!, beta2), tf.mul(tf.square(gradient), 1 - beta2));
      const denominator = tf.add(tf.div(tf.sqrt(v), tf.sqrt(hyper.correction2!)), settings.epsilon);
      const update = tf.mul(tf.div(rate, hyper.correction1!), tf.div(m, denominator));
      return { params: tf.sub(decayed, update), m, v };
    },
  };
}
