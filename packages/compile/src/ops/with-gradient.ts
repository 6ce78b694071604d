import { tf } from '../tf.ts';

/** A value, the gradient of what made it, and the tensors that the gradient needs. */
export interface WithGradient<T extends tf.Tensor> {
  readonly value: T;
  /**
   * Every tensor that `gradFunc` reads, closed-over ones too: TensorFlow.js disposes what was made in the forward pass
   * before the backward pass begins. Its cpu backend alone may keep the values by chance.
   */
  readonly saved: readonly tf.Tensor[];
  /** Maps dy and the saved tensors, in order, to the gradient of every input; one input's may be returned bare. */
  readonly gradFunc: (dy: T, saved: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
}

/** A function of tensors with a gradient of its own, as `tf.customGrad` but typed for several inputs. */
export function withGradient<T extends tf.Tensor>(
  f: (...inputs: tf.Tensor[]) => WithGradient<T>,
): (...inputs: tf.Tensor[]) => T {
  return tf.customGrad((...args) => {
    const { value, saved, gradFunc } = f(...args.filter((arg) => arg instanceof tf.Tensor));
    (args.at(-1) as tf.GradSaveFunc)([...saved]);
    return { value, gradFunc };
  });
}
