/** Reads a split of a task into examples. Strict: a row that is not what the task's layout says is an error. */
import { join } from 'node:path';
import { DataError, type Example, type LoadedSplit } from '@lomap/tasks';
import { findSplit, readDataFile } from './files.ts';
import { readParquetSplit } from './parquet-split.ts';
import { checkSplit, VALUE_RANGE, type ReadSplit } from './rules.ts';
import type { GlueTask, SplitName } from './task.ts';
import { type RowReader, readTsv } from './tsv.ts';

/**
 * The examples of a split, in the file's order: from `<folder>/<split>.tsv` of GLUE's official layout or, if there is
 * none, from the Parquet files of the Hugging Face hub's `nyu-mll/glue`.
 *
 * @param dataDirectory the folder that holds the task's folder.
 * @throws DataError naming the file, the line (or column and row) and what was expected.
 */
export async function loadSplit(task: GlueTask, dataDirectory: string, split: SplitName): Promise<Example[]> {
  return (await loadSplitWithCounts(task, dataDirectory, split)).examples;
}

/** As `loadSplit`, with what a result says of the rows that were skipped: `load` of the task. */
export async function loadTask(task: GlueTask, dataDirectory: string, split: string): Promise<LoadedSplit> {
  const { examples, withoutLabel, torn } = await loadSplitWithCounts(task, dataDirectory, splitOf(task, split));
  const notes = [
    ...(withoutLabel > 0 ? [`${withoutLabel} rows without a gold label were skipped`] : []),
    ...(torn > 0 ? [`${torn} rows broken by a line break were skipped`] : []),
  ];
  return { examples, notes };
}

/**
 * The task's split of this name.
 *
 * @throws DataError naming the task's splits if there is none.
 */
export function splitOf({ title, splits }: GlueTask, name: string): SplitName {
  const known: readonly SplitName[] = [splits.train, ...splits.dev];
  const found = known.find((split) => split === name);
  if (!found) throw new DataError(`${title} has no split "${name}". Its splits are ${known.join(', ')}.`);
  return found;
}

/** As `loadSplit`, with the counts of skipped rows. */
export async function loadSplitWithCounts(task: GlueTask, dataDirectory: string, split: SplitName): Promise<ReadSplit> {
  const { format, names } = await findSplit(task, dataDirectory, splitOf(task, split));
  if (format === 'tsv') {
    return parseTsv(task, await readDataFile(dataDirectory, names[0]!), join(dataDirectory, names[0]!));
  }
  return readParquetSplit(
    task,
    names.map((name) => ({ file: join(dataDirectory, name), read: () => readDataFile(dataDirectory, name) })),
  );
}

function parseTsv(task: GlueTask, bytes: Buffer, file: string): ReadSplit {
  const { layout } = task;
  const examples: Example[] = [];
  let columns = layout.header ? undefined : findColumns(task, layout.columns);
  let rows = 0;
  let withoutLabel = 0;
  const torn: string[] = [];

  const read: RowReader = (cells, line) => {
    const fail = (found: string) => new DataError(`${file}, line ${line}: ${found}`);
    if (!columns) {
      columns = findColumns(task, cells, fail);
      return;
    }
    const index = rows++;
    const fault = rowFault(cells, columns);
    if (fault) {
      if (!layout.tornRows || cells.length > columns.names.length) throw fail(fault);
      torn.push(fail(fault).message);
      return;
    }
    const label = cells[columns.label]!;
    if (label === layout.noLabel) {
      withoutLabel++;
      return;
    }
    examples.push({
      index,
      text: cells[columns.text]!,
      pair: columns.pair === null ? null : cells[columns.pair]!,
      label: parseLabel(task, label, fail),
    });
  };
  readTsv(bytes, file, read);

  checkSplit(file, layout.columns, { rows, examples: examples.length, torn });
  return { examples, withoutLabel, torn: torn.length };
}

/** Positions of the cells that are read. */
interface Columns {
  readonly names: readonly string[];
  readonly text: number;
  readonly pair: number | null;
  readonly label: number;
}

function findColumns(task: GlueTask, names: readonly string[], fail?: (found: string) => DataError): Columns {
  const { layout } = task;
  const position = (name: string) => {
    const found = names.indexOf(name);
    if (found >= 0) return found;
    const expected = `expected ${task.title}'s header (${layout.columns.join(', ')}), found no column "${name}".`;
    throw fail?.(expected) ?? new Error(expected);
  };
  return {
    names,
    text: position(layout.text),
    pair: layout.pair === null ? null : position(layout.pair),
    label: position(layout.label),
  };
}

/** What is wrong with a row's shape or sentences, if anything. */
function rowFault(cells: readonly string[], { names, text, pair }: Columns): string | undefined {
  if (cells.length !== names.length) {
    const found = cells.length === 1 && cells[0] === '' ? 'an empty line' : String(cells.length);
    return `expected ${names.length} tab-separated columns (${names.join(', ')}), found ${found}.`;
  }
  const sentences = pair === null ? [text] : [text, pair];
  const empty = sentences.find((at) => cells[at]!.trim() === '');
  return empty === undefined ? undefined : `expected a sentence in column "${names[empty]}", found nothing.`;
}

function parseLabel(task: GlueTask, cell: string, fail: (found: string) => DataError): number {
  const column = `column "${task.layout.label}"`;
  if (task.kind === 'regression') {
    const { low, high } = VALUE_RANGE;
    const value = /^[+-]?\d+(\.\d*)?$/.test(cell) ? Number(cell) : NaN;
    if (value >= low && value <= high) return value;
    throw fail(`expected a number from ${low} to ${high} in ${column}, found "${cell}".`);
  }
  const known = task.layout.labelCells ?? task.labels;
  const label = known.indexOf(cell);
  if (label < 0) throw fail(`expected one of ${known.join(', ')} in ${column}, found "${cell}".`);
  return label;
}
