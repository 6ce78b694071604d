import type { TrialResult } from '@lomap/results';
import type { PlannedTrial } from '../plan/plan.ts';
import type { TrialStatus } from '../store/states.ts';

/** The score of every search trial that has given its answer, by id: null for one that diverged. */
export function searchScores(
  search: readonly PlannedTrial[],
  results: ReadonlyMap<string, TrialResult>,
  states: ReadonlyMap<string, TrialStatus>,
): Map<string, number | null> {
  const scores = new Map<string, number | null>();
  for (const { id } of search) {
    const result = results.get(id);
    if (result) scores.set(id, result.trial.selectionScore);
    else if (states.get(id)?.state === 'failed' && states.get(id)?.errorName === 'DivergenceError')
      scores.set(id, null);
  }
  return scores;
}
