import { tf } from '../tf.ts';
import { withGradient } from './with-gradient.ts';

/** The value of x with gradient zero: what it was computed from takes no part in the backward pass. */
export function detach<T extends tf.Tensor>(x: T): T {
  return withGradient((value: tf.Tensor) => ({
    value: tf.add(value, 0),
    gradFunc: () => tf.zerosLike(value),
  }))(x) as T;
}
