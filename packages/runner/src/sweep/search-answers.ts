import { collapsedOnSelection, type TrialResult } from '@lomap/results';
import type { SearchAnswer } from '../plan/choose.ts';
import type { PlannedTrial } from '../plan/plan.ts';
import { hasDiverged, type TrialStatus } from '../store/states.ts';

/** What every search trial that has given its answer came to, by id. */
export function searchAnswers(
  search: readonly PlannedTrial[],
  results: ReadonlyMap<string, TrialResult>,
  states: ReadonlyMap<string, TrialStatus>,
): Map<string, SearchAnswer> {
  const answers = new Map<string, SearchAnswer>();
  for (const { id } of search) {
    const trial = results.get(id)?.trial;
    const status = states.get(id);
    if (trial) {
      const collapsed = collapsedOnSelection(trial) === true;
      answers.set(id, { score: trial.selectionScore, collapsed, diverged: false });
    } else if (status && hasDiverged(status)) answers.set(id, { score: null, collapsed: false, diverged: true });
  }
  return answers;
}
