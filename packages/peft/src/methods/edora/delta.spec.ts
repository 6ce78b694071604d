import { expect, test } from '@jest/globals';
import { tf } from '@lomap/compile';
import { frozenWeight } from '@lomap/map';
import { edoraFamily } from './delta.ts';

test('Σ is A’s: R’s column j is scaled by σ_j, as in the authors’ code', () => {
  // W = diag(3, 1) beside a column of zeros: U and V are unit vectors, up to a sign that changes both.
  const values = Float32Array.of(3, 0, 0, 0, 1, 0);
  const w = frozenWeight(
    'w',
    { out: 2, in: 3 },
    () => values,
    () => tf.tensor2d(values, [2, 3]),
  );
  const delta = edoraFamily({ rank: 2, start: 'zero' }).dense(w, { lora_R: Float32Array.of(0.5, 7, 11, 0.25) });
  const expected = [3 * 0.5, 7, 0, 3 * 11, 0.25, 0];
  delta.forEach((value, k) => expect(Math.abs(value)).toBeCloseTo(expected[k]!, 5));
});
