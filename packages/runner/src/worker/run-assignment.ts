/** A trial that a worker was given: run, with a heartbeat, and committed. */
import { collapsedOnDev, collapsedOnSelection, type Trial } from '@lomap/results';
import { InterruptedError } from '@lomap/train';
import { runTrial } from '@lomap/trial';
import { activityOf } from './activity.ts';
import { commitResult } from './commit-result.ts';
import type { Outcome } from './messages.ts';
import type { ExecuteTrial } from './serve.ts';

/** Once the signal is aborted the trial stops, to go on from its checkpoint at the next start. */
export const runAssignment: ExecuteTrial = async (assignment, tell, signal) => {
  try {
    const oversight = { signal, activity: activityOf(assignment.paths.heartbeat, tell) };
    const { result, predictions, adapter } = await runTrial(assignment, oversight, tell);
    const aside = await commitResult(assignment.paths, result, predictions, adapter);
    if (aside !== null) tell({ type: 'note', text: `what stood in its place is in ${aside}` });
    return outcomeOf(result.trial);
  } catch (error) {
    if (error instanceof InterruptedError) return { type: 'interrupted' };
    throw error;
  }
};

function outcomeOf(trial: Trial): Outcome {
  const { value, metric } = trial.primary;
  const collapsed = value === null ? collapsedOnSelection(trial) : collapsedOnDev(trial);
  return {
    type: 'complete',
    metric,
    score: value ?? trial.selectionScore,
    selectionScore: trial.selectionScore,
    ...(collapsed === true && { collapsed }),
  };
}
