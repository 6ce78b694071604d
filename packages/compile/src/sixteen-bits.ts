/** The two floating-point types of 16 bits, on the host. */

/** IEEE 754's half (5 bits of exponent, 10 of fraction), and bfloat16: the upper half of a float32. */
export type SixteenBits = 'float16' | 'bfloat16';

/** Every number of 16 bits is a float32 number: exact. */
export function widen(bits: Uint16Array, dtype: SixteenBits): Float32Array {
  const values = new Float32Array(bits.length);
  if (dtype === 'bfloat16') {
    const words = new Uint32Array(values.buffer);
    for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
  } else {
    const table = halves();
    for (let i = 0; i < bits.length; i++) values[i] = table[bits[i]!]!;
  }
  return values;
}

/**
 * The nearest numbers of 16 bits, of two equally near ones the even one: as ONNX's Cast, PyTorch and NumPy round. What is
 * too large becomes an infinity; NaN stays NaN.
 */
export function narrow(values: Float32Array, dtype: SixteenBits): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const round = dtype === 'bfloat16' ? toBrain : toHalf;
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = round(words[i]!);
  return bits;
}

let halfTable: Float32Array | null = null;

/** All halves by their bits: (-1)^sign · 2^(exponent - 15) · (1 + fraction / 1024). */
function halves(): Float32Array {
  halfTable ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
  return halfTable;
}

/** A float32's bits, rounded at its middle: a carry runs into the exponent, at the end of which lies infinity. */
function toBrain(word: number): number {
  const isNaN = (word & 0x7fffffff) > 0x7f800000;
  if (isNaN) return (word >>> 16) | 0x40;
  return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
}

function toHalf(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  const exponent = (magnitude >>> 23) - 127;
  if (exponent >= 16) return sign | 0x7c00;
  if (exponent < -25) return sign;
  // A half has 10 bits of fraction, fewer below 2^-14: the number is a multiple of 2^-24 then.
  const dropped = exponent < -14 ? 13 + (-14 - exponent) : 13;
  const fraction = (magnitude & 0x7fffff) | (exponent < -14 ? 0x800000 : 0);
  const base = exponent < -14 ? 0 : (exponent + 15) << 10;
  const kept = fraction >>> dropped;
  const rest = fraction & ((1 << dropped) - 1);
  const half = 1 << (dropped - 1);
  const up = rest > half || (rest === half && kept & 1) ? 1 : 0;
  return sign | (base + kept + up);
}
