import type { tf } from '@lomap/compile';

/**
 * What a model is a function of. The plain context reads the checkpoint; an adapter's context replaces the weights
 * it adapts and says which tensors train. A model never sees which of the two it was given.
 *
 * Paths are those of the Hugging Face classification model, for example `bert.encoder.layer.0.attention.self.query`
 * for a module and `bert.embeddings.LayerNorm.weight` for a tensor.
 */
export interface Context {
  /** The tensor of this name. */
  param(path: string): tf.Tensor;
  /** The affine map of the module of this name: x [n, in] to x Wᵀ + bias [n, out], with W [out, in]. */
  linear(path: string, x: tf.Tensor2D): tf.Tensor2D;
  /** x with elements dropped at this rate and the rest divided by 1 - rate; x itself outside training. */
  dropout<T extends tf.Tensor>(x: T, site: string, rate: number): T;
}
