/** What a work folder is about: the plan as it was when the sweep last started. */
import { readFileSync } from 'node:fs';
import { parseJson } from '@lomap/files';
import { z } from 'zod';
import type { PlannedTrial } from '../plan/plan.ts';
import { writeJson } from './json-file.ts';

const manifestSchema = z.object({
  name: z.string(),
  startedAt: z.string(),
  command: z.string(),
  /** Every trial known so far. Trials that depend on the search are added when it is complete. */
  trials: z.array(
    z.object({
      id: z.string(),
      folder: z.string(),
      purpose: z.enum(['main', 'search']),
      task: z.string(),
      label: z.string(),
      seed: z.number(),
    }),
  ),
});
export type Manifest = z.infer<typeof manifestSchema>;

export function manifestOf(name: string, command: string, trials: readonly PlannedTrial[]): Manifest {
  return {
    name,
    startedAt: new Date().toISOString(),
    command,
    trials: trials.map(({ id, folder, purpose, settings }) => ({
      id,
      folder,
      purpose,
      task: settings.task,
      label: settings.method.label,
      seed: settings.seed,
    })),
  };
}

/** The manifest of a work folder; null when there is none that can be read. It is only ever informative. */
export function readManifest(path: string): Manifest | null {
  try {
    return manifestSchema.parse(parseJson(readFileSync(path), path));
  } catch {
    return null;
  }
}

export function writeManifest(path: string, manifest: Manifest): void {
  writeJson(path, manifest);
}

/** How a plan differs from the last one, as a sentence; null when it is the same or there was none. */
export function planDifference(before: Manifest | null, trials: readonly PlannedTrial[]): string | null {
  if (!before) return null;
  const old = new Set(before.trials.map((trial) => trial.id));
  const now = new Set(trials.map((trial) => trial.id));
  const added = trials.filter((trial) => !old.has(trial.id)).length;
  const gone = before.trials.filter((trial) => !now.has(trial.id));
  if (added === 0 && gone.length === 0) return null;
  const kept =
    gone.length > 0
      ? `; ${gone.length} of the last plan are not in this one (their results are kept): ${names(gone)}`
      : '';
  return `The plan has changed since ${before.startedAt}: ${added} new trials${kept}.`;
}

function names(trials: readonly { folder: string }[]): string {
  const shown = trials
    .slice(0, 3)
    .map((trial) => trial.folder)
    .join(', ');
  return trials.length > 3 ? `${shown}, ...` : shown;
}
