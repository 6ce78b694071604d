import { tf } from '../tf.ts';

/**
 * A function of tensors with a gradient of its own, as `tf.customGrad` but typed for several inputs.
 *
 * `gradFunc` maps dy to the gradient of every input, in their order; one input's may be returned bare.
 */
export function withGradient<T extends tf.Tensor>(
  f: (...inputs: tf.Tensor[]) => { value: T; gradFunc: (dy: T) => tf.Tensor | tf.Tensor[] },
): (...inputs: tf.Tensor[]) => T {
  // tfjs passes a save function after the inputs; a closure serves as well, as nothing is disposed before the backward pass.
  return tf.customGrad((...inputs) => f(...inputs.filter((input) => input instanceof tf.Tensor)));
}
