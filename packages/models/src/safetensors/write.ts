import { writeAtomically } from '../files.ts';
import { ModelError } from '../model-error.ts';
import { maxHeaderBytes, prefixBytes } from './header.ts';

/** A float32 tensor to be written. */
export interface WritableTensor {
  readonly shape: readonly number[];
  /** Row-major values, as many as the product of the shape. */
  readonly data: Float32Array;
}

/**
 * Writes tensors as an F32 safetensors file: sorted by name, the data aligned to 8 bytes, whole or not at all.
 * The same tensors give the same bytes.
 *
 * @param metadata `{ format: 'pt' }`, which HF libraries ask for, unless given.
 * @throws ModelError when a tensor's data do not fill its shape or the file cannot be written.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, WritableTensor>,
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
): Promise<void> {
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  await writeAtomically(path, [encodeHeader(path, sorted, metadata), ...sorted.map(([, { data }]) => bytesOf(data))]);
}

function encodeHeader(
  path: string,
  tensors: readonly [string, WritableTensor][],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const fields: [string, unknown][] = [['__metadata__', metadata]];
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    if (name === '__metadata__') throw new ModelError(`${path}: a tensor cannot be named __metadata__.`);
    if (data.length !== size) {
      throw new ModelError(
        `${path}: tensor ${name} has ${data.length} values, its shape [${shape.join(', ')}] ${size}.`,
      );
    }
    const begin = end;
    end += data.byteLength;
    fields.push([name, { dtype: 'F32', shape, data_offsets: [begin, end] }]);
  }
  // Integer-like names move to the front of an object; the order of the keys means nothing to a reader.
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(fields)));
  const length = Math.ceil(json.length / 8) * 8;
  if (length > maxHeaderBytes) throw new ModelError(`${path}: a header of ${length} bytes exceeds the format's limit.`);
  const header = new Uint8Array(prefixBytes + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, prefixBytes);
  return header;
}

/** An array's bytes, not copied. */
export function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
