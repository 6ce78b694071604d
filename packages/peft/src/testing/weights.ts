/** Frozen weights of updates' specs. */
import { key, normal, tf } from '@lomap/compile';
import { frozenWeight, type MatrixShape, type Weight } from '@lomap/map';

/** A weight of N(0, 1/4) entries. */
export function weightOf(shape: MatrixShape): Weight {
  const values = normal(key(1, 'W'), shape.out * shape.in, 0, 0.5);
  return frozenWeight(
    'layer',
    shape,
    () => values,
    () => tf.tensor2d(values, [shape.out, shape.in]),
  );
}
