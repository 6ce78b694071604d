/** sweep.json: what a packed sweep's other files are, and what its trials share. */
import { z } from 'zod';
import { formatJson } from '../format.ts';
import { describeIssues } from '../issues.ts';
import { SCHEMA_VERSION } from '../schema/result.ts';
import { isRow } from './columns.ts';
import { damaged } from './error.ts';
import { parseJson } from './parse-json.ts';

export const SWEEP_FILE = 'sweep.json';
/** A line a trial: what people look at. */
export const TRIALS_FILE = 'trials.jsonl';
/** A line a trial, in the same order: curves, matrices, geometry. */
export const DETAILS_FILE = 'details.jsonl.gz';
/** Absent where no trial scored dev. */
export const PREDICTIONS_TABLE = 'predictions.csv.gz';
/** The packed files that sweep.json vouches for, and then itself: the order in which they are put in place. */
export const PACKED_FILES = [TRIALS_FILE, DETAILS_FILE, PREDICTIONS_TABLE, SWEEP_FILE] as const;

/** The value of `version`. A reader refuses any other. */
export const PACKED_VERSION = 1;

const fileSchema = z.strictObject({
  bytes: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const sweepFileSchema = z.strictObject({
  /** Of the packed form. */
  version: z.literal(PACKED_VERSION),
  /** Of the results in it. */
  schemaVersion: z.literal(SCHEMA_VERSION),
  trials: z.number().int().nonnegative(),
  files: z.strictObject({
    [TRIALS_FILE]: fileSchema,
    [DETAILS_FILE]: fileSchema,
    [PREDICTIONS_TABLE]: fileSchema.optional(),
  }),
  settings: z.record(z.string(), z.array(z.unknown())),
  provenance: z.array(z.unknown()),
});

export type SweepFile = z.infer<typeof sweepFileSchema>;

export function formatSweepFile(sweep: SweepFile): string {
  return formatJson(sweep);
}

/** Throws a ResultsError that names the file and the key of what is not as expected. */
export function parseSweepFile(text: string, file: string): SweepFile {
  const value = parseJson(text, file, null);
  for (const [key, known] of [
    ['version', PACKED_VERSION],
    ['schemaVersion', SCHEMA_VERSION],
  ] as const) {
    const found = isRow(value) ? value[key] : null;
    if (typeof found !== 'number' || found === known) continue;
    throw damaged(file, null, `${key}: expected ${known}, found ${found}: it needs another version of LoMAP.`);
  }
  const checked = sweepFileSchema.safeParse(value);
  if (!checked.success) throw damaged(file, null, `${describeIssues(checked.error)}.`);
  return checked.data;
}
