import { parseJson, reasonOf } from '@lomap/files';
import { z } from 'zod';
import { isObject } from '../files.ts';
import { ModelError } from '../model-error.ts';
import { dtypeBytes } from './dtype.ts';

/** Where a tensor of a safetensors file lies. */
export interface TensorEntry {
  /** The format's name of the element type, e.g. `F32`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Byte offset of the first element from the start of the file. */
  readonly offset: number;
  /** Length in bytes: the product of the shape times the element's size. */
  readonly bytes: number;
}

/** A safetensors file's header, every bound checked against the file's size. */
export interface SafetensorsHeader {
  readonly metadata: ReadonlyMap<string, string>;
  /** The tensors by name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

/** The longest header accepted, in bytes: the limit of the format's reference implementation. */
export const maxHeaderBytes = 100_000_000;

/** Bytes in front of the header: its length as an unsigned 64-bit little-endian integer. */
export const prefixBytes = 8;

const dimension = z.int().nonnegative();
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(dimension),
  data_offsets: z.tuple([dimension, dimension]),
});
const metadataSchema = z.record(z.string(), z.string());
const truncated = 'The file is truncated or damaged: fetch it again.';
const damaged = 'The file is damaged or not a safetensors file: fetch it again.';

/**
 * The length of the header, from the file's first eight bytes.
 *
 * @throws ModelError when the header cannot lie in a file of this size.
 */
export function headerLength(prefix: Uint8Array, fileBytes: number, path: string): number {
  if (fileBytes < prefixBytes || prefix.length < prefixBytes) {
    throw new ModelError(
      `${path} has ${fileBytes} bytes, a safetensors file has at least ${prefixBytes}. ${truncated}`,
    );
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes)) {
    throw new ModelError(
      `${path}: a header of ${length} bytes is announced, ${maxHeaderBytes} is the limit. ${damaged}`,
    );
  }
  if (prefixBytes + Number(length) > fileBytes) {
    throw new ModelError(
      `${path}: a header of ${length} bytes is announced, but the file has ${fileBytes} bytes. ${truncated}`,
    );
  }
  return Number(length);
}

/**
 * Parses and checks a header: valid UTF-8 and JSON, known types, offsets in order, byte lengths that are the product of
 * shape and element size, and tensors that cover the file's data without overlap or hole, as the format demands.
 *
 * @param header the header's bytes, without the length in front.
 * @param fileBytes size of the whole file.
 * @param path of the file, for messages.
 * @throws ModelError naming the file, the tensor and what was expected.
 */
export function parseHeader(header: Uint8Array, fileBytes: number, path: string): SafetensorsHeader {
  const fields = fieldsOf(header, path);
  const dataStart = prefixBytes + header.length;
  const dataBytes = fileBytes - dataStart;
  let metadata = new Map<string, string>();
  const entries: [string, TensorEntry][] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (name === '__metadata__') {
      const parsed = metadataSchema.safeParse(value);
      if (!parsed.success) throw new ModelError(`${path}: __metadata__ is not an object of strings. ${damaged}`);
      metadata = new Map(Object.entries(parsed.data));
    } else {
      entries.push([name, checkEntry(name, value, dataStart, dataBytes, path)]);
    }
  }
  // Empty tensors share their offset with the next one: they come first.
  entries.sort(([, a], [, b]) => a.offset - b.offset || a.bytes - b.bytes);
  checkCoverage(entries, dataStart, fileBytes, path);
  return { metadata, tensors: new Map(entries) };
}

function fieldsOf(header: Uint8Array, path: string): Record<string, unknown> {
  // The format has no byte order mark, which parseJson would pass over.
  if (header[0] !== 0x7b) throw new ModelError(`${path}: the header is not a JSON object. ${damaged}`);
  let value: unknown;
  try {
    value = parseJson(header, `${path}: the header`);
  } catch (error) {
    throw new ModelError(`${reasonOf(error)} ${damaged}`);
  }
  if (!isObject(value)) throw new ModelError(`${path}: the header is not a JSON object. ${damaged}`);
  return value;
}

function checkEntry(name: string, value: unknown, dataStart: number, dataBytes: number, path: string): TensorEntry {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
    throw new ModelError(`${path}: the header's entry of ${name} is wrong (${where}${issue?.message}). ${damaged}`);
  }
  const { dtype, shape, data_offsets } = parsed.data;
  const [begin, end] = data_offsets;
  const elementBytes = dtypeBytes.get(dtype);
  if (elementBytes === undefined) {
    const known = [...dtypeBytes.keys()].join(', ');
    throw new ModelError(`${path}: tensor ${name} has the unknown type ${dtype}; known are ${known}.`);
  }
  if (begin > end || end > dataBytes) {
    throw new ModelError(
      `${path}: tensor ${name} lies at bytes ${begin} to ${end} of the file's ${dataBytes} bytes of data. ${truncated}`,
    );
  }
  const bytes = shape.reduce((product, size) => product * size, elementBytes);
  if (bytes !== end - begin) {
    throw new ModelError(
      `${path}: tensor ${name} has ${end - begin} bytes; ${dtype} of shape [${shape.join(', ')}] takes ${bytes}. ${damaged}`,
    );
  }
  return { dtype, shape, offset: dataStart + begin, bytes };
}

function checkCoverage(
  entries: readonly [string, TensorEntry][],
  dataStart: number,
  fileBytes: number,
  path: string,
): void {
  let covered = dataStart;
  for (const [name, { offset, bytes }] of entries) {
    if (offset !== covered) {
      const what =
        offset < covered ? 'overlaps the tensor before it' : `leaves ${offset - covered} bytes unused before it`;
      throw new ModelError(`${path}: tensor ${name} ${what}. ${damaged}`);
    }
    covered += bytes;
  }
  if (covered !== fileBytes) {
    throw new ModelError(`${path}: ${fileBytes - covered} bytes after the last tensor belong to none. ${damaged}`);
  }
}
