import { expect, test } from '@jest/globals';
import { tf } from './tf.ts';

test('tf', () => {
  const x: tf.Tensor2D = tf.tensor2d([[1, 2]]);
  expect(x.shape).toEqual([1, 2]);
});
