/** Reads a split from the Parquet files of the Hugging Face hub's `nyu-mll/glue` into the same examples as its TSV file. */
import { DataError, type Example } from '@lomap/tasks';
import { type ParquetColumn, type ParquetTable, readParquet } from './parquet-file.ts';
import { parquetLayout, type ParquetLayout } from './parquet-layout.ts';
import { checkSplit, VALUE_RANGE, type ReadSplit } from './rules.ts';
import type { GlueTask } from './task.ts';

/** A file of a split: its path, for messages, and its bytes. */
export interface ParquetSource {
  readonly file: string;
  readonly read: () => Promise<Buffer>;
}

/**
 * The examples of a split's Parquet files, in order. Rules are those of the TSV files: an empty sentence is an error (in
 * QQP, up to one row in a thousand is skipped and counted), and so is a label that the task does not have. A label of -1
 * marks a hidden test label, and is an error too.
 *
 * @throws DataError naming file, column and row (from 0), and what was expected.
 */
export async function readParquetSplit(task: GlueTask, sources: readonly ParquetSource[]): Promise<ReadSplit> {
  const layout = parquetLayout(task);
  if (!layout) throw new DataError(`${task.title} has no Parquet layout. Give it as TSV, in GLUE's official layout.`);
  const wanted = columnsOf(task, layout);
  const examples: Example[] = [];
  const torn: string[] = [];
  const seen = new Set<number>();
  let rows = 0;
  for (const { file, read } of sources) {
    const table = await readParquet(await read(), file, wanted);
    checkClasses(task, layout, table, file);
    rows += table.rows;
    readRows(task, layout, table, file, { examples, torn, seen });
  }
  checkSplit(
    sources[0]!.file,
    wanted.map(({ name }) => name),
    { rows, examples: examples.length, torn },
  );
  return { examples, withoutLabel: 0, torn: torn.length };
}

function columnsOf(task: GlueTask, { text, pair, label, index }: ParquetLayout): ParquetColumn[] {
  return [
    { name: text, kind: 'text' },
    ...(pair === null ? [] : [{ name: pair, kind: 'text' } as const]),
    { name: label, kind: task.kind === 'regression' ? 'number' : 'integer' },
    { name: index, kind: 'integer' },
  ];
}

/** Where the file itself names its classes, they must be the task's, in the task's order. */
function checkClasses(task: GlueTask, { label }: ParquetLayout, table: ParquetTable, file: string): void {
  const names = table.classNames(label);
  if (names && names.join() !== task.labels.join()) {
    throw new DataError(
      `${file}: expected the classes ${task.labels.join(', ')} in column "${label}", found ${names.join(', ')}.`,
    );
  }
}

/** What rows are read into. */
interface Collected {
  readonly examples: Example[];
  readonly torn: string[];
  /** Values of `idx` so far: each stands for one row of the split. */
  readonly seen: Set<number>;
}

function readRows(
  task: GlueTask,
  layout: ParquetLayout,
  table: ParquetTable,
  file: string,
  { examples, torn, seen }: Collected,
): void {
  const sentences = layout.pair === null ? [layout.text] : [layout.text, layout.pair];
  for (let row = 0; row < table.rows; row++) {
    const at = (column: string) => table.columns.get(column)![row];
    const fail = (column: string, expected: string) =>
      new DataError(`${file}, column "${column}", row ${row}: expected ${expected}, found ${describe(at(column))}.`);
    const index = integer(at(layout.index));
    if (index === null || index < 0 || seen.has(index)) {
      throw fail(layout.index, 'a number from 0 that no other row has');
    }
    seen.add(index);
    const bad = sentences.find((column) => typeof at(column) !== 'string' || (at(column) as string).trim() === '');
    if (bad !== undefined) {
      const fault = fail(bad, 'a sentence');
      if (!task.layout.tornRows || (at(bad) !== null && typeof at(bad) !== 'string')) throw fault;
      torn.push(fault.message);
      continue;
    }
    examples.push({
      index,
      text: at(layout.text) as string,
      pair: layout.pair === null ? null : (at(layout.pair) as string),
      label: readLabel(task, at(layout.label), (expected) => fail(layout.label, expected)),
    });
  }
}

function readLabel(task: GlueTask, value: unknown, fail: (expected: string) => DataError): number {
  if (task.kind === 'regression') {
    const { low, high } = VALUE_RANGE;
    const number = typeof value === 'number' ? shortest(value) : (integer(value) ?? NaN);
    if (number >= low && number <= high) return number;
    throw fail(`a number from ${low} to ${high}`);
  }
  const label = integer(value);
  if (label !== null && task.labels[label] !== undefined) return label;
  const classes = task.labels.map((name, id) => `${id} (${name})`).join(', ');
  throw fail(label === -1 ? `one of ${classes}, not the hidden label of a test file` : `one of ${classes}`);
}

/**
 * The hub stores STS-B's scores as float32. The shortest decimal that is that float32 is the one the TSV file has (2.533,
 * not 2.5329999923706055), except for the scores with 14 decimals there, which differ by up to 2e-7. A number that is no
 * float32 stays as it is.
 */
function shortest(value: number): number {
  if (Math.fround(value) !== value) return value;
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return Number(value.toPrecision(9));
}

/** An integer column's value as a number; null for anything else, also where a double could not hold it. */
function integer(value: unknown): number | null {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (value instanceof Uint8Array) return 'bytes that are not UTF-8';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : `a ${typeof value}`;
}
