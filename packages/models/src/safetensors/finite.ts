/** NaN and infinities among a file's weights. */
import { closeSync, openSync } from 'node:fs';
import { ModelError } from '../model-error.ts';
import { isWeightDtype, toFloat32, type WeightDtype } from './dtype.ts';
import { readBytes, type Safetensors, type StoredTensor } from './read.ts';

/** A tensor that holds values which are not finite. */
export interface NonFinite {
  readonly name: string;
  /** How many of its values are NaN or infinite. */
  readonly count: number;
  /** Row-major index of the first. */
  readonly first: number;
  /** The first, as text: JSON has no NaN. */
  readonly value: 'NaN' | 'Infinity' | '-Infinity';
}

/** Bytes that are looked at together. */
const PIECE = 1 << 22;

/** A value is finite unless all bits of its exponent are ones. */
const exponents: Readonly<Record<WeightDtype, number>> = { F32: 0x7f800000, F16: 0x7c00, BF16: 0x7f80 };

/**
 * The tensors of type F32, F16 or BF16 that hold NaN or an infinity, in the files' order. Reads the files whole once, a few
 * megabytes at a time, whatever a tensor's size.
 *
 * @throws ModelError when the file cannot be read.
 */
export function nonFiniteTensors(file: Safetensors): NonFinite[] {
  return file.files.flatMap((path) => {
    const descriptor = openSync(path, 'r');
    try {
      return Array.from(file.tensors).flatMap(([name, tensor]) =>
        tensor.file === path ? (nonFinite(name, tensor, descriptor) ?? []) : [],
      );
    } finally {
      closeSync(descriptor);
    }
  });
}

function nonFinite(name: string, tensor: StoredTensor, descriptor: number): NonFinite | null {
  const { file, dtype, offset, bytes } = tensor;
  if (!isWeightDtype(dtype)) return null;
  const exponent = exponents[dtype];
  let count = 0;
  let first = -1;
  let value: NonFinite['value'] = 'NaN';
  for (let at = 0; at < bytes; at += PIECE) {
    const { buffer } = readBytes(descriptor, offset + at, Math.min(PIECE, bytes - at), file);
    const values = dtype === 'F32' ? new Uint32Array(buffer) : new Uint16Array(buffer);
    for (let i = 0; i < values.length; i++) {
      if ((values[i]! & exponent) !== exponent) continue;
      if (count === 0) {
        first = at / values.BYTES_PER_ELEMENT + i;
        value = asText(toFloat32(buffer, dtype)[i]!);
      }
      count++;
    }
  }
  return count === 0 ? null : { name, count, first, value };
}

function asText(value: number): NonFinite['value'] {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'Infinity' : '-Infinity';
}

/** The most tensors named in one message. */
const listed = 5;

/**
 * Refuses a file in which tensors hold NaN or an infinity: whatever computes with them gives NaN, which looks like a
 * training that diverged.
 *
 * @param names the tensors that matter; the others may hold anything. All of them by default.
 * @param broken what `nonFiniteTensors` found in the file, if that is known.
 * @throws ModelError naming file, tensor, index and value.
 */
export function checkFinite(
  file: Safetensors,
  names: Iterable<string> = file.tensors.keys(),
  broken: readonly NonFinite[] = nonFiniteTensors(file),
): void {
  const wanted = new Set(names);
  const found = broken.filter(({ name }) => wanted.has(name));
  if (found.length === 0) return;
  const more = found.length > listed ? [`  and ${found.length - listed} more tensors`] : [];
  const lines = found.slice(0, listed).map((one) => `  ${describe(one, file.tensors.get(one.name)!, file.path)}`);
  throw new ModelError(
    `${file.path} holds values that are not finite:\n${[...lines, ...more].join('\n')}\n` +
      'Nothing can be trained from them. Fetch the file again; if it is the same, its own training had diverged: use another.',
  );
}

function describe({ name, count, first, value }: NonFinite, { shape, file }: StoredTensor, path: string): string {
  const total = shape.reduce((product, size) => product * size, 1);
  let rest = first;
  const index = shape.map((_, axis) => {
    const stride = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
    const at = Math.floor(rest / stride);
    rest -= at * stride;
    return at;
  });
  const what =
    count === 1
      ? `${value} at [${index.join(', ')}]`
      : `${count} of ${total}, the first ${value} at [${index.join(', ')}]`;
  return `${name} of shape [${shape.join(', ')}]: ${what}${file === path ? '' : `, in ${file}`}`;
}
