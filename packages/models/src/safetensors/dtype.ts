/** The element types of the safetensors format, and the conversion of those that hold weights from and to float32. */
import { narrow, widen } from '@lomap/compile';

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
      return widen(new Uint16Array(buffer), 'float16');
    case 'BF16':
      return widen(new Uint16Array(buffer), 'bfloat16');
  }
}

/** float32 values as little-endian elements of a type: the nearest, of two the even one. F32 bytes are a view on them. */
export function fromFloat32(values: Float32Array, dtype: WeightDtype): Uint8Array {
  const elements = dtype === 'F32' ? values : narrow(values, engineDtype[dtype]);
  return new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
}

/** What the engine calls the types that are read as weights. */
export const engineDtype = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' } as const;

/** The least magnitude that becomes an infinity when it is rounded to a type: its largest number and half a step. */
export const overflowsAt: Readonly<Record<WeightDtype, number>> = {
  F32: Infinity,
  F16: 65520,
  BF16: (2 - 2 ** -8) * 2 ** 127,
};
