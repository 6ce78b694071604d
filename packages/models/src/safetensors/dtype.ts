/** The element types of the safetensors format, and the conversion of those that hold weights to float32. */

/** Bytes of one element, by the format's name of the type. The sub-byte types of its latest versions are left out. */
export const dtypeBytes: ReadonlyMap<string, number> = new Map([
  ['BOOL', 1],
  ['U8', 1],
  ['I8', 1],
  ['F8_E4M3', 1],
  ['F8_E5M2', 1],
  ['F8_E8M0', 1],
  ['U16', 2],
  ['I16', 2],
  ['F16', 2],
  ['BF16', 2],
  ['U32', 4],
  ['I32', 4],
  ['F32', 4],
  ['U64', 8],
  ['I64', 8],
  ['F64', 8],
  ['C64', 8],
]);

/** The types that are read as weights. */
export type WeightDtype = 'F32' | 'F16' | 'BF16';

export function isWeightDtype(dtype: string): dtype is WeightDtype {
  return dtype === 'F32' || dtype === 'F16' || dtype === 'BF16';
}

/**
 * Little-endian elements as float32; exact, since every F16 and BF16 number is a float32 number.
 *
 * @param buffer exactly the tensor's bytes. An F32 result is a view on it.
 */
export function toFloat32(buffer: ArrayBuffer, dtype: WeightDtype): Float32Array {
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F16':
      return Float32Array.from(new Uint16Array(buffer), halfToNumber);
    case 'BF16':
      // bfloat16 is the upper half of a float32.
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
  }
}

/** The number that the 16 bits of an IEEE 754 half stand for: (-1)^sign · 2^(exponent - 15) · (1 + fraction / 1024). */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
