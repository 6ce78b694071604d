/** What a sweep's results folder says beside its trials: the sweep's question, and who diverged. */
import { NOTHING_ABOUT, readAbout, ResultsError, trialId, writeAbout, type About } from '@lomap/results';
import type { PlannedTrial } from '../plan/plan.ts';
import { hasDiverged, type TrialStatus } from './states.ts';

/**
 * Writes about.json. Diverged trials of earlier plans stay, as their results would; a trial that has a result is none.
 *
 * @returns what went wrong, a sentence each: it costs no trial.
 */
export async function recordAbout(
  directory: string,
  question: readonly string[],
  trials: readonly PlannedTrial[],
  states: ReadonlyMap<string, TrialStatus>,
  finished: { has(id: string): boolean },
): Promise<string[]> {
  const problems: string[] = [];
  const told = (error: unknown): void => {
    if (!(error instanceof ResultsError)) throw error;
    problems.push(error.message);
  };
  const before = await readAbout(directory).catch((error: unknown): About => {
    told(error);
    return NOTHING_ABOUT;
  });
  const now = trials.flatMap(({ id, purpose, settings }) => {
    const status = states.get(id);
    return status && hasDiverged(status) && !finished.has(id)
      ? [{ id, purpose, settings, error: status.error ?? 'it diverged' }]
      : [];
  });
  const known = new Set(now.map(({ id }) => id));
  const earlier = before.diverged.filter(({ settings }) => {
    const id = trialId(settings);
    return !known.has(id) && !finished.has(id);
  });
  const diverged = [...earlier, ...now.map(({ id: _, ...trial }) => trial)];
  await writeAbout(directory, { schemaVersion: 1, question: [...question], diverged }).catch(told);
  return problems;
}
