/** What a sweep left in its results folder. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const besideTheTrials = ['about.json', 'charts', 'report', 'report.html', 'tables'];

/** Names of the trials' folders, sorted. */
export function trialFolders(out: string): string[] {
  return readdirSync(out)
    .filter((name) => !name.startsWith('.') && !besideTheTrials.includes(name))
    .sort();
}

interface TrialBytes {
  readonly result: string;
  /** Null for a search trial, which never sees dev. */
  readonly predictions: string | null;
}

/**
 * Every trial's files by folder: result.json's text with its `measured` block emptied, and predictions.csv's. Keys keep
 * their order, so equal texts are equal bytes.
 */
export function trialBytes(out: string): Record<string, TrialBytes> {
  return Object.fromEntries(
    trialFolders(out).map((folder) => {
      const text = readFileSync(join(out, folder, 'result.json'), 'utf8');
      const result = JSON.parse(text) as Record<string, unknown>;
      const measured = { ...result, measured: null };
      const predictions = join(out, folder, 'predictions.csv');
      return [
        folder,
        {
          result: JSON.stringify(measured, null, 1),
          predictions: existsSync(predictions) ? readFileSync(predictions, 'utf8') : null,
        },
      ];
    }),
  );
}

/** Checkpoints of trials that are not finished, as paths. */
export function checkpoints(out: string): string[] {
  const work = join(out, '.work');
  if (!existsSync(work)) return [];
  return readdirSync(work)
    .map((folder) => join(work, folder, 'checkpoint', 'checkpoint.bin'))
    .filter((path) => existsSync(path));
}
