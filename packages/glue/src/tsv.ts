/** GLUE's flavour of TSV: a line is a row, a tab ends a cell, and no character quotes or escapes another. */
import { isUtf8 } from 'node:buffer';
import { parse } from 'csv-parse/sync';
import { DataError } from '@lomap/tasks';

/** Takes the cells of one row and its line number, from 1. Throwing ends the reading. */
export type RowReader = (cells: readonly string[], line: number) => void;

/**
 * Calls `read` with every line of a TSV file: UTF-8 with or without a byte order mark, LF or CRLF, with or without an
 * end of the last line. Rows may differ in length; an empty line is a row of one empty cell.
 *
 * @param file the name for error messages.
 * @throws DataError if the file is empty or not UTF-8.
 */
export function readTsv(bytes: Buffer, file: string, read: RowReader): void {
  if (bytes.length === 0) throw new DataError(`${file} is empty. Expected tab-separated rows.`);
  if (!isUtf8(bytes)) throw new DataError(`${file}, line ${badLine(bytes)}: expected UTF-8, found other bytes.`);
  let line = 0;
  parse(bytes, {
    bom: true,
    delimiter: '\t',
    record_delimiter: ['\r\n', '\n'],
    quote: null,
    escape: null,
    relax_column_count: true, // The caller says what it expected.
    on_record: (cells: string[]) => {
      read(cells, ++line);
      return null; // Nothing is collected here: MNLI's parse trees would take gigabytes.
    },
  });
}

/** The number of the first line that is not UTF-8. A line feed is never part of a longer UTF-8 sequence. */
function badLine(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; ; line++) {
    const end = bytes.indexOf('\n', start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}
