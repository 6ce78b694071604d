/** Whether all that a finished trial is made of is there, beside its result.json. */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { taskNamed } from '@lomap/data';
import { PREDICTIONS_FILE, recordedDamage, RESULT_FILE, type Trial, type TrialResult } from '@lomap/results';
import { score } from '@lomap/tasks';
import { ADAPTER_CONFIG, ADAPTER_FOLDER, ADAPTER_TENSORS } from '../adapters/folder.ts';
import { messageOf } from '../errors.ts';

/** What is asked of a trial to count as finished, beyond its numbers. */
export interface Asked {
  /** Whether an adapter that the result says was kept has to be there. */
  readonly adapters?: boolean | undefined;
  /** Predictions that were whole before and have not changed since: they are not read again. */
  readonly seen?: Seen | undefined;
  /** Rows of a dev split in the data; absent or undefined: those of an older result are not counted. */
  readonly devRows?: ((trial: Trial, split: string) => Promise<number | undefined>) | undefined;
}

/** Remembers what was found whole. */
export interface Seen {
  has(file: string, state: string): boolean;
  add(file: string, state: string): void;
}

/** Scores are of the same float32 logits, but another version may have summed in another order. */
const TOLERANCE = 1e-6;

/**
 * What a trial's folder lacks, as the end of a sentence about its result.json; null if nothing. The predictions are those
 * that the result recorded by hash; of an older result, which has none, those that give its scores.
 */
export async function damageOf(file: string, { trial, measured }: TrialResult, asked: Asked): Promise<string | null> {
  const folder = dirname(file);
  const own = /-([0-9a-f]{8})$/.exec(basename(folder))?.[1];
  if (own !== undefined && !trial.id.startsWith(own)) {
    return `it is of trial ${trial.id.slice(0, 8)}, not of its folder's, ${own}`;
  }
  const damage = Object.keys(trial.dev).length > 0 ? await predictionsDamage(folder, trial, asked) : null;
  if (damage !== null) return `${PREDICTIONS_FILE} beside it ${damage}`;
  if (asked.adapters && measured.adapterBytes !== undefined) return adapterDamage(folder, measured.adapterBytes);
  return null;
}

async function predictionsDamage(folder: string, trial: Trial, asked: Asked): Promise<string | null> {
  const path = join(folder, PREDICTIONS_FILE);
  const states = [path, join(folder, RESULT_FILE)].map((file) => statSync(file, { throwIfNoEntry: false }));
  if (!states[0]) return 'is missing';
  const state = states.map((stat) => (stat ? `${stat.size} ${stat.mtimeMs}` : '')).join(' ');
  if (asked.seen?.has(path, state)) return null;
  const text = readFileSync(path);
  const damage = trial.predictions ? recordedDamage(text, trial.predictions) : await scored(text, trial, asked);
  if (damage === null) asked.seen?.add(path, state);
  return damage;
}

async function scored(text: Buffer, trial: Trial, { devRows }: Asked): Promise<string | null> {
  const [header, ...lines] = text.toString('latin1').split('\n');
  if (header === undefined || lines.pop() !== '') return 'is cut: its last row has no end';
  const rowsOf = new Map<string, string[][]>();
  for (const [i, line] of lines.entries()) {
    const cells = line.split(',');
    const [split, ...numbers] = cells;
    if (cells.length !== header.split(',').length || !numbers.every((cell) => cell !== '' && Number.isFinite(+cell))) {
      return `has a row that cannot be read, line ${i + 2}`;
    }
    const rows = rowsOf.get(split!);
    if (rows) rows.push(numbers);
    else rowsOf.set(split!, [numbers]);
  }
  for (const [split, scores] of Object.entries(trial.dev)) {
    const rows = rowsOf.get(split) ?? [];
    const expected = (await devRows?.(trial, split)) ?? rows.length;
    if (rows.length === 0 || rows.length !== expected)
      return `has ${rows.length} rows of ${split}, which has ${expected}`;
    const again = scoresOf(trial.settings.task, rows);
    if (typeof again === 'string') return `cannot be scored: ${again}`;
    const other = Object.entries(scores).find(([metric, value]) => !(Math.abs(again[metric]! - value) <= TOLERANCE));
    if (other) return `gives ${other[0]} ${again[other[0]]} on ${split}, where the result says ${other[1]}`;
  }
  return null;
}

/** Scores of rows `index, label, logits...`; in words why there are none. */
function scoresOf(task: string, rows: readonly (readonly string[])[]): Readonly<Record<string, number>> | string {
  // As written: the fewest digits that give the float32 back, which decides where predictions are almost constant.
  const logits = rows.map((row) => row.slice(2).map((cell) => Math.fround(Number(cell))));
  const labels = rows.map((row) => Number(row[1]));
  try {
    return score(taskNamed(task), logits, labels).scores;
  } catch (error) {
    return messageOf(error);
  }
}

function adapterDamage(folder: string, bytes: number): string | null {
  for (const name of [ADAPTER_CONFIG, ADAPTER_TENSORS]) {
    const path = join(ADAPTER_FOLDER, name);
    const size = statSync(join(folder, path), { throwIfNoEntry: false })?.size;
    if (size === undefined) return `${path} beside it is missing`;
    if (name === ADAPTER_TENSORS && size !== bytes) return `${path} beside it has ${size} bytes of ${bytes}`;
  }
  return null;
}
