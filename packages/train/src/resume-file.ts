import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { floats } from '@lomap/compile';
import { stateOf } from './optimizers/optimizer.ts';
import type { RunState } from './run-state.ts';
import { readRecord, RecordError, writeRecord } from './record-file.ts';

/** What a resume file holds besides its arrays. */
interface Header {
  readonly fingerprint: string;
  readonly step: number;
  readonly best: { readonly epoch: number; readonly score: number } | null;
  readonly curves: RunState['curves'];
  readonly epochs: RunState['epochs'];
  readonly seconds: RunState['seconds'];
  readonly tried?: RunState['tried'];
}

/** The file in its directory, under the name that interrupted runs have it under. */
export function resumeFile(directory: string): string {
  return join(directory, 'checkpoint.bin');
}

/** What a run's resume file is told apart by, and the arrays that they hold. */
export interface RunIdentity {
  /** Identifies the run. */
  readonly fingerprint: string;
  /** The optimizer's slots. */
  readonly slots: readonly string[];
}

/** Replaces the directory's resume file by this state, atomically. */
export async function writeResumeFile(
  directory: string,
  { fingerprint, slots }: RunIdentity,
  run: RunState,
): Promise<void> {
  const { step, state, betweenSteps, best, curves, epochs, seconds, tried } = run;
  const header: Header = {
    fingerprint,
    step,
    best: best && { epoch: best.epoch, score: best.score },
    curves,
    epochs,
    seconds,
    ...(tried && { tried }),
  };
  const arrays = ['params', ...slots].map((name) => floats(state[name]!));
  if (best) arrays.push(best.params);
  arrays.push(...betweenSteps);
  await writeRecord(resumeFile(directory), header, arrays);
}

/**
 * The state in the directory's resume file, or null when it has none.
 *
 * @param of what was given to `writeResumeFile`
 * @param size P
 * @param betweenSteps the fresh memory of what the run's method does between steps, for its sizes
 * @throws RecordError when the file is damaged, truncated or of another version, run or size.
 */
export async function readResumeFile(
  directory: string,
  { fingerprint, slots }: RunIdentity,
  size: number,
  betweenSteps: readonly Float32Array[] = [],
): Promise<RunState | null> {
  const file = resumeFile(directory);
  const record = await readRecord(file);
  if (!record) return null;
  const header = record.value as Header;
  if (header.fingerprint !== fingerprint) {
    throw new RecordError(`${file} is of another run: its settings, seed or trainable tensors differ from this one's.`);
  }
  const lengths = record.arrays.map(({ length }) => length).join(', ');
  const vectors = 1 + slots.length + (header.best ? 1 : 0);
  const expected = [...new Array<number>(vectors).fill(size), ...betweenSteps.map(({ length }) => length)].join(', ');
  if (lengths !== expected) {
    throw new RecordError(`${file} holds arrays of ${lengths} values; expected ${expected}.`);
  }
  const state = stateOf(slots, record.arrays.splice(0, 1 + slots.length));
  const best = header.best && { ...header.best, params: record.arrays.shift()! };
  if (header.curves.loss.length !== header.step) {
    throw new RecordError(`${file} is of step ${header.step} but holds ${header.curves.loss.length} losses.`);
  }
  return {
    step: header.step,
    state,
    betweenSteps: record.arrays,
    best,
    curves: header.curves,
    epochs: header.epochs,
    seconds: header.seconds,
    ...(header.tried && { tried: header.tried }),
  };
}

/** Removes the directory's resume file, if any: once the trial's result is safely written. */
export async function removeResumeFile(directory: string): Promise<void> {
  await rm(resumeFile(directory), { force: true });
}
