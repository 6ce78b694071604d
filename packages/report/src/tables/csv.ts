import { stringify } from 'csv-stringify/sync';
import type { Table } from './table.ts';

/** The table's records as CSV (RFC 4180, but lines end in \n): a header, numbers with a point, an empty field for null. */
export function csv({ records }: Table): string {
  return stringify([...records.rows], { header: true, columns: [...records.columns] });
}
