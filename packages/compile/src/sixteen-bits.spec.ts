import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { narrow, widen, type SixteenBits } from './sixteen-bits.ts';

const all = Uint16Array.from({ length: 1 << 16 }, (_, bits) => bits);
const word = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0]!;
const isNaNBits = (bits: number, dtype: SixteenBits): boolean =>
  dtype === 'float16' ? (bits & 0x7fff) > 0x7c00 : (bits & 0x7fff) > 0x7f80;

test.each<[SixteenBits, number, number]>([
  ['float16', 0x3c00, 1],
  ['float16', 0xc000, -2],
  ['float16', 0x0001, 2 ** -24],
  ['float16', 0x03ff, 1023 * 2 ** -24],
  ['float16', 0x7bff, 65504],
  ['float16', 0x7c00, Infinity],
  ['bfloat16', 0x3f80, 1],
  ['bfloat16', 0xc049, -3.140625],
  ['bfloat16', 0x0001, 2 ** -133],
])('%s %i is %d', (dtype, bits, value) => {
  expect([...widen(Uint16Array.of(bits), dtype)]).toEqual([value]);
});

test.each<SixteenBits>(['float16', 'bfloat16'])('every %s comes back from float32 as it was', (dtype) => {
  const back = narrow(widen(all, dtype), dtype);
  all.forEach((bits, i) => {
    if (isNaNBits(bits, dtype)) expect(isNaNBits(back[i]!, dtype)).toBe(true);
    else if (back[i] !== bits) throw new Error(`${bits} became ${back[i]!}`);
  });
});

/** The nearest by search among all numbers of the type, of two the one whose last bit is 0. */
function nearest(value: number, dtype: SixteenBits): number {
  const candidates = widen(all, dtype);
  let best = -1;
  for (let bits = 0; bits < all.length; bits++) {
    const candidate = candidates[bits]!;
    if (!Number.isFinite(candidate) || (bits & 0x8000) !== ((word(value) >>> 16) & 0x8000)) continue;
    const gain = best < 0 ? 1 : Math.abs(candidates[best]! - value) - Math.abs(candidate - value);
    if (gain > 0 || (gain === 0 && bits % 2 === 0)) best = bits;
  }
  return best;
}

test.each<[SixteenBits, number]>([
  ['float16', 65504],
  ['bfloat16', 3e38],
])('to %s the nearest is taken, of two the even one', (dtype, most) => {
  const step = dtype === 'float16' ? 2 ** -11 : 2 ** -8;
  const ties = [1 + step, 1 + 3 * step, -1 - step, 2 ** -25, 3 * 2 ** -25, 2 ** -15 + 2 ** -25].map(Math.fround);
  for (const value of ties) expect(narrow(Float32Array.of(value), dtype)[0]).toBe(nearest(value, dtype));
  fc.assert(
    fc.property(fc.float({ min: Math.fround(-most), max: Math.fround(most), noNaN: true }), (value) => {
      expect(narrow(Float32Array.of(value), dtype)[0]).toBe(nearest(value, dtype));
    }),
    { numRuns: 40 },
  );
});

test('what is too large becomes an infinity, what is too small zero with its sign', () => {
  expect([...narrow(Float32Array.of(65519.99, 65520, -1e30, 2 ** -25, -(2 ** -26)), 'float16')]).toEqual([
    0x7bff, 0x7c00, 0xfc00, 0, 0x8000,
  ]);
  expect([...narrow(Float32Array.of(3.4028234e38, -Infinity), 'bfloat16')]).toEqual([0x7f80, 0xff80]);
});
