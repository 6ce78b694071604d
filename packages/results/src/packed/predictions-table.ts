/** The predictions of all trials of a sweep in one table: a line an example, a column a trial and logit. */
import { ResultsError } from '../error.ts';
import { damaged } from './error.ts';

/** A trial's predictions as its predictions.csv has them. */
export interface TrialPredictions {
  readonly id: string;
  readonly task: string;
  readonly csv: string;
}

const KEYS = ['task', 'split', 'index', 'label'];
const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/;

/**
 * The text of predictions.csv (before gzip): `task,split,index,label` and then for each trial a column named by the first
 * digits of its id, or one a class, `<digits>_0`, `<digits>_1`, ... A trial's column is empty on lines of other tasks.
 * Trials with the same examples, labels and order share lines, so examples stand once a sweep, not once a trial.
 *
 * Throws a ResultsError if a file is not one that `formatPredictions` writes.
 *
 * @param ids of all the sweep's trials, also of those that predicted nothing
 */
export function formatTable(trials: readonly TrialPredictions[], ids: readonly string[]): string {
  const names = namesOf(ids);
  const header = [...KEYS];
  /** Trials by their examples, and what stands in front of and between their cells. */
  const groups = new Map<string, { examples: string[]; cells: { first: number; width: number; rows: string[] }[] }>();
  for (const { id, task, csv } of trials) {
    const { width, examples, rows } = split(id, csv);
    const key = `${task}\n${examples.join('\n')}`;
    const group = groups.get(key) ?? { examples: examples.map((example) => `${quoted(task)},${example}`), cells: [] };
    groups.set(key, group);
    group.cells.push({ first: header.length, width, rows });
    header.push(...columnsOf(names.get(id)!, width));
  }
  const lines = [header.join(',')];
  for (const { examples, cells } of groups.values()) {
    examples.forEach((example, i) => {
      let line = example;
      let filled = KEYS.length;
      for (const { first, width, rows } of cells) {
        line += `${','.repeat(first - filled)},${rows[i]!}`;
        filled = first + width;
      }
      lines.push(line + ','.repeat(header.length - filled));
    });
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Each trial's predictions.csv from the table, by id. Throws a ResultsError that names the line of what is not as
 * `formatTable` writes it.
 *
 * @param ids of all the sweep's trials, whose first digits the columns are named by
 */
export function parseTable(text: string, ids: readonly string[], file: string): Map<string, string> {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw damaged(file, lines.length + 1, 'the last line is cut off.');
  const header = lines[0]?.split(',') ?? [];
  if (KEYS.some((key, i) => header[i] !== key))
    throw damaged(file, 1, `expected the columns ${KEYS.join(', ')} first.`);
  const trials = trialsOf(header, ids, file);
  const made = trials.map(({ width }) => [`split,index,label,${valueNames(width).join(',')}`]);
  for (let i = 1; i < lines.length; i++) {
    const cells = lines[i]!.split(',');
    if (cells.length !== header.length) {
      throw damaged(file, i + 1, `${cells.length} cells, where the header has ${header.length}.`);
    }
    const example = cells.slice(1, KEYS.length).join(',');
    trials.forEach(({ first, width, id }, trial) => {
      if (cells[first] === '' && width === 1) return;
      const own = cells.slice(first, first + width);
      if (own.every((cell) => cell === '')) return;
      if (!own.every((cell) => NUMBER.test(cell))) throw damaged(file, i + 1, `trial ${id}: a value is not a number.`);
      made[trial]!.push(`${example},${own.join(',')}`);
    });
  }
  return new Map(trials.map(({ id }, trial) => [id, `${made[trial]!.join('\n')}\n`]));
}

/** The trials of a table's header, each with its first column and the number of them. */
function trialsOf(header: readonly string[], ids: readonly string[], file: string) {
  const byColumn = new Map<string, { id: string; width: number }>();
  const length = (header[KEYS.length]?.split('_')[0] ?? '').length;
  for (const id of ids) {
    const name = id.slice(0, length);
    byColumn.set(name, { id, width: 1 });
    byColumn.set(`${name}_0`, { id, width: 0 });
  }
  const trials: { id: string; first: number; width: number }[] = [];
  for (let first = KEYS.length; first < header.length;) {
    const found = byColumn.get(header[first]!);
    if (!found)
      throw damaged(file, 1, `column ${first + 1}, "${header[first]!}": no trial of the sweep has such an id.`);
    const name = found.id.slice(0, length);
    let { width } = found;
    if (width === 0) while (header[first + width] === `${name}_${width}`) width++;
    if (trials.some(({ id }) => id === found.id)) throw damaged(file, 1, `trial ${found.id} has columns twice.`);
    trials.push({ id: found.id, first, width });
    first += width;
  }
  return trials;
}

/** The first digits of each id, eight or as many as tell them apart. */
function namesOf(ids: readonly string[]): Map<string, string> {
  let length = 8;
  while (length < 64 && new Set(ids.map((id) => id.slice(0, length))).size < ids.length) length++;
  return new Map(ids.map((id) => [id, id.slice(0, length)]));
}

function columnsOf(name: string, width: number): string[] {
  return width === 1 ? [name] : Array.from({ length: width }, (_, i) => `${name}_${i}`);
}

function valueNames(width: number): string[] {
  return width === 1 ? ['prediction'] : Array.from({ length: width }, (_, i) => `logit_${i}`);
}

/** A predictions.csv as its examples, `split,index,label`, and what was predicted. */
function split(id: string, csv: string): { width: number; examples: string[]; rows: string[] } {
  const lines = csv.split('\n');
  const header = lines.shift()!.split(',');
  const width = header.length - 3;
  if (header.join() !== ['split', 'index', 'label', ...valueNames(width)].join() || lines.pop() !== '') {
    throw new ResultsError(`The predictions of trial ${id} are not a whole predictions.csv.`);
  }
  const cut = lines.map((line) => {
    const cells = line.split(',');
    if (cells.length !== header.length || !cells.slice(3).every((cell) => NUMBER.test(cell))) {
      throw new ResultsError(`The predictions of trial ${id} are no numbers in the line ${JSON.stringify(line)}.`);
    }
    return [cells.slice(0, 3).join(','), cells.slice(3).join(',')] as const;
  });
  return { width, examples: cut.map(([example]) => example), rows: cut.map(([, row]) => row) };
}

/** A task's name as a cell. It is not read back. */
function quoted(task: string): string {
  return /[",\r\n]/.test(task) ? task.replaceAll(/[",\r\n]/g, '_') : task;
}
