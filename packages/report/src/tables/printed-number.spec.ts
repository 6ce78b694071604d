import { expect, test } from '@jest/globals';
import { printedNumber } from './printed-number.ts';

test.each<[string, number | null]>([
  ['81.97 ± 0.36 (2)', 81.97],
  ['+0.97 [−10.90, +12.83] (2)', 0.97],
  ['−1.05 [−5.19, +3.10] (2)', -1.05],
  ['[−10.90, +12.83]', -10.9],
  ['331,776', 331776],
  ['331,776–331,848', 331776],
  ['1e-3', 1e-3],
  ['1.6e−5', 1.6e-5],
  ['0.0000', 0],
  ['0', 0],
  ['12', 12],
  ['–', null],
  ['', null],
  ['best', null],
  ['e-3', null],
])('%s sorts as %p', (text, value) => {
  expect(printedNumber(text)).toBe(value);
});

test('what is below a bound sorts below it', () => {
  expect(printedNumber('< 0.001')).toBeLessThan(printedNumber('0.001')!);
  expect(printedNumber('< 0.001')).toBeGreaterThan(0.00099);
});
