import { tf } from '@lomap/compile';
import type { Context } from '../context.ts';

/** Dropout at a site of the model, at the rate of the checkpoint's configuration. */
export type Dropout = Context['dropout'];

/** No dropout: the model as it is evaluated. */
export const noDropout: Dropout = (x) => x;

/**
 * The context that reads every tensor as it is: the model without an adapter.
 *
 * @param hasBias whether the module of this path has a bias. @default all have
 */
export function plainContext(
  param: (name: string) => tf.Tensor,
  dropout: Dropout = noDropout,
  hasBias: (path: string) => boolean = () => true,
): Context {
  return {
    param,
    dropout,
    linear(path, x) {
      const product: tf.Tensor2D = tf.matMul(x, param(`${path}.weight`) as tf.Tensor2D, false, true);
      return hasBias(path) ? tf.add(product, param(`${path}.bias`)) : product;
    },
  };
}
