import { ResultsError } from '../error.ts';

type Row = Readonly<Record<string, unknown>>;
type Cells = readonly unknown[];

/**
 * Rows with the same keys as one array a key, and a key whose values are such rows themselves as an object of arrays:
 * `[{ a: 1, b: { c: 2 } }, { a: 3, b: { c: 4 } }]` is `{ a: [1, 3], b: { c: [2, 4] } }`. Rows whose keys differ, and
 * no rows, stay as they are.
 */
export function toColumns(rows: Cells): Cells | Row {
  if (!isTable(rows)) return rows;
  return Object.fromEntries(
    Object.keys(rows[0]!)
      .sort()
      .map((key) => [key, toColumns(rows.map((row) => row[key]))]),
  );
}

/**
 * The rows of `toColumns`. Throws a ResultsError that names the column if columns differ in length.
 *
 * @param name what the rows are, for the error: `matrices`
 */
export function fromColumns(columns: unknown, name: string): Cells {
  if (Array.isArray(columns)) return columns;
  if (!isRow(columns)) throw new ResultsError(`${name}: expected an array, or an object of arrays.`);
  const cells = Object.entries(columns).map(([key, column]) => [key, fromColumns(column, `${name}.${key}`)] as const);
  const length = cells[0]?.[1].length ?? 0;
  for (const [key, column] of cells) {
    if (column.length === length) continue;
    throw new ResultsError(`${name}.${key}: ${column.length} values, where ${name}.${cells[0]![0]} has ${length}.`);
  }
  return Array.from({ length }, (_, row) => Object.fromEntries(cells.map(([key, column]) => [key, column[row]])));
}

function isTable(rows: Cells): rows is readonly Row[] {
  if (rows.length === 0 || !rows.every(isRow)) return false;
  const [first] = rows;
  const keys = new Set(Object.keys(first!));
  return (
    keys.size > 0 &&
    rows.every((row) => Object.keys(row).length === keys.size && Object.keys(row).every((key) => keys.has(key)))
  );
}

/** Whether a value is a JSON object. */
export function isRow(value: unknown): value is Row {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
