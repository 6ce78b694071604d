/**
 * Checks the pages of a Parquet file's columns before anything is decoded. hyparquet allocates what a page's header says
 * and repeats a value as often as a run says, and a damaged file may say anything.
 */
import type { ColumnMetaData, Compressors, DataReader, Encoding, PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { decompressPage } from 'hyparquet/src/datapage.js';

/** The most bytes of a file's columns together, decompressed. MNLI's train split, the largest, has about 75 MB. */
const MAXIMUM_DECODED_BYTES = 2 ** 30;

/** The encodings that pyarrow writes by default, and with it the hub. */
const DICTIONARY: readonly Encoding[] = ['RLE_DICTIONARY', 'PLAIN_DICTIONARY'];

/** A column's chunk of a row group. */
export interface Chunk {
  /** The column's name, for messages. */
  readonly column: string;
  readonly meta: ColumnMetaData;
  /** The rows of the group. */
  readonly rows: number;
  /** Whether values may be null: pages then begin with one level a value. */
  readonly nullable: boolean;
}

/**
 * Walks the pages of a flat column's chunk: sizes are within the chunk and within bounds, the data pages have the group's
 * rows, and no run is longer than its page.
 *
 * @param bytes the whole file.
 * @param decoded decompressed bytes of the chunks before this one.
 * @returns decompressed bytes with this chunk.
 * @throws Error naming the column and what is wrong; the caller adds the file's name.
 */
export function checkPages(bytes: Buffer, chunk: Chunk, compressors: Compressors, decoded: number): number {
  const { meta, rows } = chunk;
  const fail = (found: string) => new Error(`column "${chunk.column}": ${found}`);
  if (meta.codec !== 'UNCOMPRESSED' && !compressors[meta.codec]) {
    throw fail(`compressed with ${meta.codec}; this version of Node reads ${Object.keys(compressors).join(', ')}`);
  }
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const length = Number(meta.total_compressed_size);
  if (!(start >= 4 && length >= 0 && start + length <= bytes.length)) {
    throw fail(`its bytes ${start} to ${start + length} are not within the file of ${bytes.length} bytes`);
  }
  const reader: DataReader = { view: new DataView(bytes.buffer, bytes.byteOffset + start, length), offset: 0 };
  let found = 0;
  while (reader.offset < length - 1 && found < rows) {
    const header = parquetHeader(reader);
    const { compressed_page_size: compressed, uncompressed_page_size: uncompressed } = header;
    if (!(compressed >= 0 && reader.offset + compressed <= length)) {
      throw fail(`a page of ${compressed} bytes is not within its chunk of ${length}`);
    }
    decoded += uncompressed;
    if (!(uncompressed >= 0 && decoded <= MAXIMUM_DECODED_BYTES)) {
      throw fail(`its pages have more than ${MAXIMUM_DECODED_BYTES} bytes, decompressed`);
    }
    const page = bytes.subarray(start + reader.offset, start + reader.offset + compressed);
    const values = (header.data_page_header ?? header.data_page_header_v2 ?? header.dictionary_page_header)?.num_values;
    if (!(values !== undefined && values >= 0 && values <= rows)) {
      throw fail(`a page of ${String(values)} values in a group of ${rows} rows`);
    }
    if (header.type !== 'DICTIONARY_PAGE') {
      found += values;
      const fault = dataPageFault(page, header, values, chunk, compressors);
      if (fault) throw fail(fault);
    }
    reader.offset += compressed;
  }
  if (found !== rows) throw fail(`expected ${rows} rows in a group, found ${found}`);
  return decoded;
}

/** What is wrong with the runs of a data page, if anything. */
function dataPageFault(
  page: Buffer,
  header: PageHeader,
  values: number,
  { meta, nullable }: Chunk,
  compressors: Compressors,
): string | undefined {
  const { data_page_header: first, data_page_header_v2: second, uncompressed_page_size: uncompressed } = header;
  const encoding = first?.encoding ?? second?.encoding;
  const dictionary = encoding !== undefined && DICTIONARY.includes(encoding);
  if (!dictionary && encoding !== 'PLAIN') return `the encoding ${String(encoding)}; PLAIN and dictionaries are read`;

  let body: Uint8Array;
  let at = 0;
  let fault: string | undefined;
  if (second) {
    // The levels stand before what is compressed.
    const { definition_levels_byte_length: levels, repetition_levels_byte_length: repetitions, num_nulls } = second;
    const most = nullable ? Math.min(page.length, uncompressed) : 0;
    if (!(repetitions === 0 && levels >= 0 && levels <= most)) return 'levels that a flat column does not have';
    if (!(num_nulls >= 0 && num_nulls <= values)) return `${num_nulls} nulls in a page of ${values} values`;
    if (nullable) fault = runFault(page, 0, 1, values);
    body = page.subarray(levels);
    if (second.is_compressed) body = decompressPage(body, uncompressed - levels, meta.codec, compressors);
  } else {
    body = decompressPage(page, uncompressed, meta.codec, compressors);
    if (nullable) {
      if (body.length < 4) return 'a page without levels';
      fault = runFault(body, 4, 1, values);
      at = 4 + Buffer.from(body.buffer, body.byteOffset).readUInt32LE(0);
    }
  }
  if (!dictionary || fault) return fault;
  const width = body[at];
  if (width === undefined || width > 32) return `indices of ${String(width)} bits`;
  return width === 0 ? undefined : runFault(body, at + 1, width, values);
}

/**
 * Walks the runs of Parquet's hybrid of run lengths and bit packing (a varint: twice the run's length, or twice the number
 * of groups of 8 plus one). Ends with the page: that too few values are there is noticed in decoding.
 */
function runFault(page: Uint8Array, at: number, width: number, values: number): string | undefined {
  for (let seen = 0; seen < values && at < page.length;) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = page[at++];
      if (byte === undefined || shift > 28) return 'a run without a length';
      header += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    const count = Math.floor(header / 2);
    if (header % 2 === 1) {
      seen += 8 * count;
      at += width * count;
    } else {
      if (count === 0 || count > values - seen) return `a run of ${count} values in a page of ${values}`;
      seen += count;
      at += Math.ceil(width / 8);
    }
  }
  return undefined;
}
