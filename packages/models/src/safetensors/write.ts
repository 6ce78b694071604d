import { sizeOf } from '@lomap/compile';
import { writeAtomically } from '../files.ts';
import { ModelError } from '../model-error.ts';
import { dtypeBytes, fromFloat32, type WeightDtype } from './dtype.ts';
import { maxHeaderBytes, prefixBytes } from './header.ts';

/** A float32 tensor to be written. */
export interface WritableTensor {
  readonly shape: readonly number[];
  /** Row-major values, as many as the product of the shape. */
  readonly data: Float32Array;
}

/** A tensor whose values are made when their turn to be written comes, and are not kept. */
export interface DeferredTensor {
  readonly shape: readonly number[];
  /** The type that they are rounded to, to the nearest and of two the even one. */
  readonly dtype: WeightDtype;
  values(): Float32Array;
}

type Tensor = WritableTensor | DeferredTensor;

/**
 * Writes tensors as a safetensors file, F32 unless they say otherwise: wider types first, sorted by name, the data aligned
 * to 8 bytes, whole or not at all. The same tensors give the same bytes. What making values throws is thrown.
 *
 * @param metadata `{ format: 'pt' }`, which HF libraries ask for, unless given.
 * @throws ModelError when a tensor's data do not fill its shape or the file cannot be written.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
): Promise<void> {
  // With wider types first every tensor lies at a multiple of its elements' size.
  const sorted = [...tensors].sort(
    ([a, one], [b, other]) => elementBytes(other) - elementBytes(one) || (a < b ? -1 : 1),
  );
  for (const [name, tensor] of sorted) if ('data' in tensor) checkLength(path, name, tensor.shape, tensor.data);
  await writeAtomically(path, contents(path, encodeHeader(path, sorted, metadata), sorted));
}

function* contents(path: string, header: Uint8Array, tensors: readonly [string, Tensor][]): Generator<Uint8Array> {
  yield header;
  for (const [name, tensor] of tensors) {
    const values = 'data' in tensor ? tensor.data : tensor.values();
    checkLength(path, name, tensor.shape, values);
    yield fromFloat32(values, dtypeOf(tensor));
  }
}

function dtypeOf(tensor: Tensor): WeightDtype {
  return 'data' in tensor ? 'F32' : tensor.dtype;
}

function elementBytes(tensor: Tensor): number {
  return dtypeBytes.get(dtypeOf(tensor))!;
}

function checkLength(path: string, name: string, shape: readonly number[], { length }: Float32Array): void {
  const size = sizeOf(shape);
  if (length !== size) {
    throw new ModelError(`${path}: tensor ${name} has ${length} values, its shape [${shape.join(', ')}] ${size}.`);
  }
}

function encodeHeader(
  path: string,
  tensors: readonly [string, Tensor][],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const fields: [string, unknown][] = [['__metadata__', metadata]];
  let end = 0;
  for (const [name, tensor] of tensors) {
    const { shape } = tensor;
    if (name === '__metadata__') throw new ModelError(`${path}: a tensor cannot be named __metadata__.`);
    const begin = end;
    end += sizeOf(shape) * elementBytes(tensor);
    fields.push([name, { dtype: dtypeOf(tensor), shape, data_offsets: [begin, end] }]);
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
