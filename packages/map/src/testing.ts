/** For the specs of packages that build on this one. */
import { key, normal, tf } from '@lomap/compile';
import type { MatrixShape, Weight } from './types.ts';
import { frozenWeight } from './weight.ts';

/** A frozen weight of N(0, 1/4) entries, the same for the same shape. */
export function weightOf(shape: MatrixShape): Weight {
  const values = normal(key(1, 'W'), shape.out * shape.in, 0, 0.5);
  return frozenWeight(
    'layer',
    shape,
    () => values,
    () => tf.tensor2d(values, [shape.out, shape.in]),
  );
}
