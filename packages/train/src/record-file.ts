import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { codeOf, failureOf, writeWhole } from '@lomap/files';

/**
 * One JSON value and some float32 arrays in a file that is either whole or refused.
 *
 *     'LOMAPREC' | uint32 version | uint32 bytes of JSON | JSON { value, lengths } | float32 values | sha256 of all before
 *
 * Numbers are little-endian. JSON keeps finite doubles exactly.
 */
const MAGIC = Buffer.from('LOMAPREC', 'latin1');
const VERSION = 1;
const PRELUDE = MAGIC.length + 8;
const DIGEST = 32;

/** A file that is truncated, damaged, of another version or of another run. */
export class RecordError extends Error {
  override name = 'RecordError';
}

/**
 * Writes the record whole (`writeWhole`), so that a crash at any moment leaves the old file or the new one. A failed write
 * (a full disk) keeps the old one and throws an error that names it.
 */
export async function writeRecord(file: string, value: unknown, arrays: readonly Float32Array[]): Promise<void> {
  const json = Buffer.from(JSON.stringify({ value, lengths: arrays.map(({ length }) => length) }));
  const prelude = Buffer.alloc(PRELUDE);
  MAGIC.copy(prelude);
  prelude.writeUInt32LE(VERSION, MAGIC.length);
  prelude.writeUInt32LE(json.length, MAGIC.length + 4);
  const body = [prelude, json, ...arrays.map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength))];
  const digest = createHash('sha256');
  for (const part of body) digest.update(part);

  try {
    // One process writes a record: what a kill -9 leaves of it is written over.
    await writeWhole(file, [...body, digest.digest()], `${file}.partial`);
  } catch (cause) {
    throw new Error(`Could not write ${file}: ${failureOf(cause)} What was there before is untouched.`, { cause });
  }
}

/**
 * Reads a record back; null when there is no such file.
 *
 * @throws RecordError when the file is not a whole record of this version.
 */
export async function readRecord(file: string): Promise<{ value: unknown; arrays: Float32Array[] } | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  if (bytes.length < PRELUDE + DIGEST) throw new RecordError(`${file} is truncated: it has ${bytes.length} bytes.`);
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new RecordError(`${file} is not a record of LoMAP.`);
  const version = bytes.readUInt32LE(MAGIC.length);
  if (version !== VERSION) throw new RecordError(`${file} has version ${version}; this program reads ${VERSION}.`);
  const end = bytes.length - DIGEST;
  const digest = createHash('sha256').update(bytes.subarray(0, end)).digest();
  if (!digest.equals(bytes.subarray(end))) {
    throw new RecordError(`${file} is damaged or truncated: its sha256 is not the one it was written with.`);
  }
  return parseBody(file, bytes.subarray(0, end));
}

function parseBody(file: string, bytes: Buffer): { value: unknown; arrays: Float32Array[] } {
  const start = PRELUDE + bytes.readUInt32LE(MAGIC.length + 4);
  if (start > bytes.length) throw new RecordError(`${file}: its JSON would end at byte ${start} of ${bytes.length}.`);
  const { value, lengths } = JSON.parse(bytes.toString('utf8', PRELUDE, start)) as {
    value: unknown;
    lengths: number[];
  };
  const needed = start + 4 * lengths.reduce((sum, length) => sum + length, 0);
  if (needed !== bytes.length)
    throw new RecordError(`${file}: its arrays need ${needed} bytes; it has ${bytes.length}.`);
  let at = start;
  const arrays = lengths.map((length) => {
    const array = new Float32Array(length);
    new Uint8Array(array.buffer).set(bytes.subarray(at, at + 4 * length));
    at += 4 * length;
    return array;
  });
  return { value, arrays };
}
