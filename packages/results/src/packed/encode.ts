import type { TrialResult } from '../schema/result.ts';
import { SCHEMA_VERSION } from '../schema/result.ts';
import { gzip, sha256 } from './bytes.ts';
import { toLines } from './lines.ts';
import { formatTable } from './predictions-table.ts';
import {
  DETAILS_FILE,
  formatSweepFile,
  PACKED_VERSION,
  PREDICTIONS_TABLE,
  SWEEP_FILE,
  TRIALS_FILE,
} from './sweep-file.ts';

/** A finished trial on its way into a packed sweep or out of it. */
export interface PackedTrial {
  /** With thinned curves. */
  readonly result: TrialResult;
  /** The text of its predictions.csv; null if there is none. */
  readonly predictions: string | null;
}

/**
 * The packed files of a sweep's trials, by name, sweep.json last. A function of the trials and their order alone (and,
 * within the gzip streams, of the version of zlib).
 */
export function encode(trials: readonly PackedTrial[]): Map<string, Buffer> {
  const results = trials.map(({ result }) => result);
  const lines = toLines(results);
  const whole = (of: readonly string[]): string => of.map((line) => `${line}\n`).join('');
  const predicted = trials.flatMap(({ result: { trial }, predictions }) =>
    predictions === null ? [] : [{ id: trial.id, task: trial.settings.task, csv: predictions }],
  );
  const table = formatTable(
    predicted,
    results.map(({ trial }) => trial.id),
  );
  const files = new Map([
    [TRIALS_FILE, Buffer.from(whole(lines.trials))],
    [DETAILS_FILE, gzip(whole(lines.details))],
  ]);
  if (predicted.length > 0) files.set(PREDICTIONS_TABLE, gzip(table));
  const described = (name: string) => {
    const bytes = files.get(name)!;
    return { bytes: bytes.length, sha256: sha256(bytes) };
  };
  const sweep = formatSweepFile({
    version: PACKED_VERSION,
    schemaVersion: SCHEMA_VERSION,
    trials: trials.length,
    files: {
      [TRIALS_FILE]: described(TRIALS_FILE),
      [DETAILS_FILE]: described(DETAILS_FILE),
      ...(predicted.length > 0 && { [PREDICTIONS_TABLE]: described(PREDICTIONS_TABLE) }),
    },
    settings: Object.fromEntries(
      Object.entries(lines.dictionaries.settings).map(([key, values]) => [key, [...values]]),
    ),
    provenance: [...lines.dictionaries.provenance],
  });
  return files.set(SWEEP_FILE, Buffer.from(sweep));
}
