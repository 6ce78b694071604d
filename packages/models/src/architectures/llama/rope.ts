import { tf } from '@lomap/compile';
import type { LlamaConfig } from './config.ts';

/** Cosine and sine of the angles of each row's planes, [n, headSize/2]. */
export interface Rotation {
  readonly cos: tf.Tensor2D;
  readonly sin: tf.Tensor2D;
}

/**
 * The rotation of rows at `positions` int32 [n]: angle(p, k) = p · f_k of the plane k, in float32 as in transformers.
 *
 * Of the type `dynamic` the frequencies depend on the longest sequence L of the batch: θ becomes
 * θ (factor·L/P - (factor - 1))^(d/(d-2)) where L exceeds the model's P positions, so f_k is multiplied by
 * (factor·L/P - (factor - 1))^(-2k/(d-2)).
 */
export function rotation(config: LlamaConfig, positions: tf.Tensor1D): Rotation {
  const { headSize, maxPositions, rope } = config;
  const half = headSize / 2;
  const fixed = tf.tensor2d(inverseFrequencies(config), [1, half]);
  const places = tf.reshape(tf.cast(positions, 'float32'), [-1, 1]);
  let frequencies: tf.Tensor = fixed;
  if (rope.type === 'dynamic' && half > 1) {
    const longest = tf.maximum(tf.add(tf.max(places), 1), maxPositions);
    const growth = tf.sub(tf.mul(longest, rope.factor / maxPositions), rope.factor - 1);
    const exponents = Float32Array.from({ length: half }, (_, k) => (-2 * k) / (headSize - 2));
    frequencies = tf.mul(fixed, tf.exp(tf.mul(tf.log(growth), tf.tensor2d(exponents, [1, half]))));
  }
  const angles = tf.mul(places, frequencies) as tf.Tensor2D;
  return { cos: tf.cos(angles), sin: tf.sin(angles) };
}

/**
 * The frequencies f_k = θ^(-2k/d) of the planes k < d/2, in radians a position, rounded as transformers rounds them. `linear` divides all by its
 * factor. `llama3` divides those whose wavelength exceeds `originalPositions / lowFrequencyFactor`, keeps those below
 * `originalPositions / highFrequencyFactor`, and goes smoothly from one to the other between. The frequencies of
 * `dynamic` are those of `default` here.
 */
export function inverseFrequencies({ headSize, rope }: Pick<LlamaConfig, 'headSize' | 'rope'>): Float32Array {
  return Float32Array.from({ length: headSize / 2 }, (_, k) => {
    const exponent = Math.fround((2 * k) / headSize);
    const frequency = Math.fround(1 / Math.fround(rope.theta ** exponent));
    if (rope.type === 'linear') return frequency / rope.factor;
    if (rope.type !== 'llama3') return frequency;
    const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions } = rope;
    const turns = (originalPositions * frequency) / (2 * Math.PI);
    const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return frequency * ((1 - kept) / factor + kept);
  });
}
