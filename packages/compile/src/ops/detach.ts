import { tf } from '../tf.ts';
import { withGradient } from './with-gradient.ts';

/** The value of x with gradient zero: what it was computed from takes no part in the backward pass. */
export function detach<T extends tf.Tensor>(x: T): T {
  return withGradient((x) => ({ value: tf.add(x, 0), saved: [], gradFunc: (dy) => tf.zerosLike(dy) }))(x) as T;
}
