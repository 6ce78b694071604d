import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { float32 } from '@lomap/compile';
import { floats, type Progress } from './progress.ts';
import type { RankState } from './rank-schedule.ts';
import { readRecord, RecordError, writeRecord } from './record-file.ts';

/** What a checkpoint holds besides its arrays. */
interface Header {
  readonly fingerprint: string;
  readonly step: number;
  readonly best: { readonly epoch: number; readonly score: number } | null;
  readonly curves: Progress['curves'];
  readonly epochs: Progress['epochs'];
  readonly seconds: Progress['seconds'];
}

/** The checkpoint's file in its directory. */
export function checkpointFile(directory: string): string {
  return join(directory, 'checkpoint.bin');
}

/** Replaces the directory's checkpoint by this progress, atomically. */
export async function saveCheckpoint(directory: string, fingerprint: string, progress: Progress): Promise<void> {
  const { step, state, ranks, best, curves, epochs, seconds } = progress;
  const header: Header = {
    fingerprint,
    step,
    best: best && { epoch: best.epoch, score: best.score },
    curves,
    epochs,
    seconds,
  };
  const arrays = [floats(state.params), floats(state.m), floats(state.v)];
  if (best) arrays.push(best.params);
  if (ranks) arrays.push(ranks.sensitivity, ranks.uncertainty, ranks.kept);
  await writeRecord(checkpointFile(directory), header, arrays);
}

/**
 * The directory's checkpoint, or null when it has none.
 *
 * @param fingerprint what was given to `saveCheckpoint`: identifies the run that the checkpoint must be of
 * @param size P
 * @param ranks a fresh state of the run's rank schedule, for its sizes; null where it has none
 * @throws RecordError when the file is damaged, truncated or of another version, run or size.
 */
export async function loadCheckpoint(
  directory: string,
  fingerprint: string,
  size: number,
  ranks: RankState | null = null,
): Promise<Progress | null> {
  const file = checkpointFile(directory);
  const record = await readRecord(file);
  if (!record) return null;
  const header = record.value as Header;
  if (header.fingerprint !== fingerprint) {
    throw new RecordError(`${file} is of another run: its settings, seed or trainable tensors differ from this one's.`);
  }
  const lengths = record.arrays.map(({ length }) => length).join(', ');
  const ofRanks = ranks ? [ranks.sensitivity, ranks.uncertainty, ranks.kept].map(({ length }) => length) : [];
  const expected = [...Array.from({ length: header.best ? 4 : 3 }, () => size), ...ofRanks].join(', ');
  if (lengths !== expected) {
    throw new RecordError(`${file} holds arrays of ${lengths} values; expected ${expected}.`);
  }
  const [params, m, v] = record.arrays.splice(0, 3) as [Float32Array, Float32Array, Float32Array];
  const best = header.best && { ...header.best, params: record.arrays.shift()! };
  const [sensitivity, uncertainty, kept] = record.arrays;
  if (header.curves.loss.length !== header.step) {
    throw new RecordError(`${file} is of step ${header.step} but holds ${header.curves.loss.length} losses.`);
  }
  return {
    step: header.step,
    state: { params: float32(params, [size]), m: float32(m, [size]), v: float32(v, [size]) },
    ranks: sensitivity && uncertainty && kept ? { sensitivity, uncertainty, kept } : null,
    best,
    curves: header.curves,
    epochs: header.epochs,
    seconds: header.seconds,
  };
}

/** Removes the directory's checkpoint, if any: once the trial's result is safely written. */
export async function removeCheckpoint(directory: string): Promise<void> {
  await rm(checkpointFile(directory), { force: true });
}
