import { tf } from '@lomap/compile';
import type { FlatLayout } from './flat-layout.ts';

/** As in PyTorch's clip_grad_norm_: keeps a zero norm from dividing. */
const EPSILON = 1e-6;

/** How gradients are clipped. */
export interface ClippingSettings {
  /** Largest norm; null leaves gradients as they are (norms are still measured). */
  readonly maxNorm: number | null;
  /** `group`: each group by its own norm; `joint`: all by the global norm. */
  readonly by: 'group' | 'joint';
}

/** Clipped gradients, with what was measured, by group in the layout's order. */
export interface Clipped {
  /** [P] */
  readonly gradient: tf.Tensor1D;
  /** Norm of each group's gradient before clipping. The global norm is the norm of this vector. [groups] */
  readonly norm: tf.Tensor1D;
  /** What each group's gradient was multiplied by, in (0, 1]. [groups] */
  readonly factor: tf.Tensor1D;
}

/**
 * Scales a gradient [P] by min(1, maxNorm / (‖g‖ + 1e-6)), PyTorch's clip_grad_norm_, with the norm of each group or
 * of all.
 */
export function clip(gradient: tf.Tensor1D, layout: FlatLayout, settings: ClippingSettings): Clipped {
  const groups = layout.groups.length;
  const parts =
    groups === 1
      ? [gradient]
      : tf.split(
          gradient,
          layout.groups.map((group) => group.size),
        );
  const squares = parts.map((part) => tf.reshape(tf.sum(tf.square(part)), [1]) as tf.Tensor1D);
  const squaredNorms = groups === 1 ? squares[0]! : tf.concat(squares);
  const norm = tf.sqrt(squaredNorms);
  const bounding = settings.by === 'group' ? norm : tf.mul(tf.sqrt(tf.sum(squaredNorms)), tf.ones([groups]));
  // Without a limit the factor is min(1, ∞ / ...) = 1: the same outputs whatever the settings.
  const limit = settings.maxNorm ?? Number.POSITIVE_INFINITY;
  const factor = tf.minimum(tf.div(limit, tf.add(bounding, EPSILON)), 1) as tf.Tensor1D;
  if (settings.maxNorm === null) return { gradient, norm, factor };
  if (groups === 1) return { gradient: tf.mul(gradient, factor), norm, factor };
  const factors = tf.split(factor, groups);
  const clipped = tf.concat(parts.map((part, i) => tf.mul(part, factors[i]!) as tf.Tensor1D));
  return { gradient: clipped, norm, factor };
}
