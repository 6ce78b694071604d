import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { float32 } from '@lomap/compile';
import { floats, type Progress } from './progress.ts';
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
  const { step, state, best, curves, epochs, seconds } = progress;
  const header: Header = {
    fingerprint,
    step,
    best: best && { epoch: best.epoch, score: best.score },
    curves,
    epochs,
    seconds,
  };
  const arrays = [floats(state.params), floats(state.m), floats(state.v)];
  await writeRecord(checkpointFile(directory), header, best ? [...arrays, best.params] : arrays);
}

/**
 * The directory's checkpoint, or null when it has none.
 *
 * @param fingerprint what was given to `saveCheckpoint`: identifies the run that the checkpoint must be of
 * @throws RecordError when the file is damaged, truncated or of another version, run or size.
 */
export async function loadCheckpoint(directory: string, fingerprint: string, size: number): Promise<Progress | null> {
  const file = checkpointFile(directory);
  const record = await readRecord(file);
  if (!record) return null;
  const header = record.value as Header;
  if (header.fingerprint !== fingerprint) {
    throw new RecordError(`${file} is of another run: its settings, seed or trainable tensors differ from this one's.`);
  }
  const [params, m, v, best] = record.arrays;
  const expected = header.best ? 4 : 3;
  if (!params || !m || !v || record.arrays.length !== expected || record.arrays.some(({ length }) => length !== size)) {
    const lengths = record.arrays.map(({ length }) => length).join(', ');
    throw new RecordError(`${file} holds arrays of ${lengths} values; expected ${expected} of ${size}.`);
  }
  if (header.curves.loss.length !== header.step) {
    throw new RecordError(`${file} is of step ${header.step} but holds ${header.curves.loss.length} losses.`);
  }
  return {
    step: header.step,
    state: { params: float32(params, [size]), m: float32(m, [size]), v: float32(v, [size]) },
    best: header.best && best ? { ...header.best, params: best } : null,
    curves: header.curves,
    epochs: header.epochs,
    seconds: header.seconds,
  };
}

/** Removes the directory's checkpoint, if any: once the trial's result is safely written. */
export async function removeCheckpoint(directory: string): Promise<void> {
  await rm(checkpointFile(directory), { force: true });
}
