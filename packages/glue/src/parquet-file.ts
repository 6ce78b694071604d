/** Reads columns of a Parquet file that may come from anybody: the schema is checked first, sizes before memory is taken. */
import * as zlib from 'node:zlib';
import { parseJson } from '@lomap/files';
import type { Compressors, FileMetaData, ParquetType, SchemaElement } from 'hyparquet';
import { DataError } from '@lomap/tasks';

/** The most rows of one file. MNLI's train split, the largest, has 392,702. */
const MAXIMUM_ROWS = 4_000_000;

/** The most bytes of a file's footer. GLUE's have a few thousand. */
const MAXIMUM_FOOTER_BYTES = 2 ** 24;

/** A column to be read, and what it may be stored as. */
export interface ParquetColumn {
  readonly name: string;
  readonly kind: 'text' | 'integer' | 'number';
}

/** The values of the columns asked for, by name. A text that is not UTF-8 is left as bytes; a null is null. */
export interface ParquetTable {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, readonly unknown[]>;
  /** The names of a column's classes by id, where the data set's card in the footer has them. */
  classNames(column: string): readonly string[] | null;
}

const STORED: Readonly<Record<ParquetColumn['kind'], readonly ParquetType[]>> = {
  text: ['BYTE_ARRAY'],
  integer: ['INT32', 'INT64'],
  number: ['FLOAT', 'DOUBLE', 'INT32', 'INT64'],
};

/**
 * Reads columns of a Parquet file. Uncompressed, Snappy, gzip, Brotli and, where Node has it (from 22.15), Zstandard.
 *
 * @param bytes the whole file.
 * @param file its name, for messages.
 * @throws DataError naming the file and what was expected: a column of that kind, sizes within bounds, whole pages.
 */
export async function readParquet(
  bytes: Buffer,
  file: string,
  columns: readonly ParquetColumn[],
): Promise<ParquetTable> {
  // Loaded here, so that nobody who reads TSV waits for it.
  const { parquetMetadata, parquetReadObjects, snappyUncompress } = await import('hyparquet');
  const { checkPages } = await import('./parquet-pages.ts');
  try {
    checkFooter(bytes);
    const metadata = parquetMetadata(bytes, { geoparquet: false });
    const rows = checkSchema(metadata, columns);
    const compressors: Compressors = {
      ...decompressors,
      SNAPPY: (input, length) => filled(length, (output) => snappyUncompress(input, output)),
    };
    let decoded = 0;
    for (const group of metadata.row_groups) {
      for (const { name } of columns) {
        const [meta, ...others] = group.columns.flatMap(({ meta_data }) =>
          meta_data?.path_in_schema[0] === name ? [meta_data] : [],
        );
        if (!meta || others.length > 0) throw new Error(`column "${name}": expected one chunk a row group`);
        const nullable = metadata.schema.find((element) => element.name === name)?.repetition_type !== 'REQUIRED';
        const chunk = { column: name, meta, rows: Number(group.num_rows), nullable };
        decoded = checkPages(bytes, chunk, compressors, decoded);
      }
    }
    const objects = (await parquetReadObjects({
      file: {
        byteLength: bytes.length,
        slice: (start, end = bytes.length) => new Uint8Array(bytes.subarray(start, end)).buffer,
      },
      metadata,
      columns: columns.map(({ name }) => name),
      compressors,
      parsers: { stringFromBytes: decodeText },
      geoparquet: false,
    })) as Record<string, unknown>[];
    if (objects.length !== rows) throw new Error(`expected ${rows} rows, found ${objects.length}`);
    return {
      rows,
      columns: new Map(columns.map(({ name }) => [name, objects.map((row) => row[name])])),
      classNames: (column) => classNames(metadata, column),
    };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new DataError(`${file}: ${found}. Expected a whole Parquet file of the Hugging Face hub's nyu-mll/glue.`, {
      cause: error,
    });
  }
}

function checkFooter(bytes: Buffer): void {
  if (
    bytes.length < 12 ||
    bytes.toString('latin1', 0, 4) !== 'PAR1' ||
    bytes.toString('latin1', bytes.length - 4) !== 'PAR1'
  ) {
    throw new Error('it does not begin and end with "PAR1"');
  }
  const footer = bytes.readUInt32LE(bytes.length - 8);
  const most = Math.min(MAXIMUM_FOOTER_BYTES, bytes.length - 12);
  if (footer > most) throw new Error(`its footer is said to have ${footer} bytes, more than ${most}`);
}

/** Checks that the file is a flat table with these columns. Returns its rows. */
function checkSchema(metadata: FileMetaData, columns: readonly ParquetColumn[]): number {
  const { schema } = metadata;
  const names = schema.slice(1).map(({ name }) => name);
  for (const { name, kind } of columns) {
    const element = schema.find((candidate, i) => i > 0 && candidate.name === name);
    if (!element || names.indexOf(name) !== names.lastIndexOf(name)) {
      throw new Error(
        `expected the columns ${columns.map((column) => column.name).join(', ')}, found ${names.join(', ')}`,
      );
    }
    if (!isOfKind(element, kind)) {
      const found = [
        element.repetition_type,
        element.type ?? 'group',
        element.logical_type?.type ?? element.converted_type,
      ];
      throw new Error(`column "${name}": expected ${kind === 'text' ? 'text' : `${kind}s`}, found ${found.join(' ')}`);
    }
  }
  const rows = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  if (!(rows <= MAXIMUM_ROWS) || metadata.row_groups.some(({ num_rows }) => num_rows < 0)) {
    throw new Error(`${rows} rows; at most ${MAXIMUM_ROWS} are read`);
  }
  if (BigInt(rows) !== metadata.num_rows) throw new Error(`${metadata.num_rows} rows, but ${rows} in its row groups`);
  return rows;
}

function isOfKind(
  { type, num_children, repetition_type, logical_type, converted_type }: SchemaElement,
  kind: ParquetColumn['kind'],
): boolean {
  if (!type || num_children || repetition_type === 'REPEATED' || !STORED[kind].includes(type)) return false;
  const meaning = logical_type?.type ?? converted_type;
  return kind === 'text' ? meaning === 'STRING' || meaning === 'UTF8' : !meaning || /^U?INT/.test(meaning);
}

/** Decodes UTF-8 strictly and keeps a byte order mark, which is a character of a sentence. Bytes that are not stay bytes. */
function decodeText(bytes: Uint8Array | undefined): unknown {
  if (!bytes) return bytes;
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return bytes;
  }
}
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function filled(length: number, fill: (output: Uint8Array) => void): Uint8Array {
  const output = new Uint8Array(length);
  fill(output);
  return output;
}

type Decompress = (input: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
const bounded = (decompress: Decompress) => (input: Uint8Array, length: number) =>
  decompress(input, { maxOutputLength: Math.max(1, length) });

// Node's types are those of the oldest version that is supported, which has no Zstandard.
const zstd = (zlib as { zstdDecompressSync?: Decompress }).zstdDecompressSync;
const decompressors: Compressors = {
  GZIP: bounded(zlib.gunzipSync),
  BROTLI: bounded(zlib.brotliDecompressSync),
  ...(zstd && { ZSTD: bounded(zstd) }),
};

/** `datasets` writes its features as JSON under the key "huggingface" of the footer. */
function classNames(metadata: FileMetaData, column: string): readonly string[] | null {
  const text = metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value;
  if (text === undefined) return null;
  type Card = { info?: { features?: Record<string, { names?: unknown } | undefined> } } | null;
  try {
    const names = (parseJson(text, column) as Card)?.info?.features?.[column]?.names;
    return Array.isArray(names) ? names.map(String) : null;
  } catch {
    return null;
  }
}
