/** The learning rate of each method, from the results of the search. */
import type { Sweep } from '../config/sweep.ts';
import { choiceKey, searchTasks, type Choice, type PlannedTrial } from './plan.ts';

/** Mean score on the selection split at one learning rate; null when a trial has none (it diverged). */
export interface SearchPoint {
  readonly learningRate: number;
  readonly score: number | null;
}

export interface MethodChoice extends Choice {
  /** The whole curve of score against learning rate. */
  readonly points: readonly SearchPoint[];
}

/**
 * The learning rate with the best mean score over the search's seeds, the smaller one of equals, by `choiceKey`. Those
 * of which a search trial has no result yet are left out. An optimum at the edge of the space is said in a note.
 *
 * @param scores the score on the selection split by trial id; null where it is not a number
 */
export function chooseLearningRates(
  sweep: Sweep,
  trials: readonly PlannedTrial[],
  scores: ReadonlyMap<string, number | null>,
): Map<string, MethodChoice> {
  const choices = new Map<string, MethodChoice>();
  const { search } = sweep;
  if (!search) return choices;
  const cells = searchTasks(sweep).flatMap((task) => sweep.labels.map((label) => ({ task, label })));
  for (const { task, label } of cells) {
    const own = trials.filter(({ settings }) => settings.method.label === label && settings.task === task);
    if (own.some((trial) => !scores.has(trial.id))) continue;
    const points = [...search.learningRates]
      .sort((a, b) => a - b)
      .map((learningRate) => ({
        learningRate,
        score: mean(
          own.filter((t) => t.settings.training.learningRate === learningRate).map((t) => scores.get(t.id) ?? null),
        ),
      }));
    const best = points.reduce((a, b) => ((b.score ?? -Infinity) > (a.score ?? -Infinity) ? b : a));
    const notes = notesOn(task, points, best);
    choices.set(choiceKey(sweep, task, label), { learningRate: best.learningRate, points, notes });
  }
  return choices;
}

function notesOn(task: string, points: readonly SearchPoint[], best: SearchPoint): string[] {
  const chosen = `learning rate ${best.learningRate} chosen on the selection split of ${task} from ${points.map((p) => p.learningRate).join(', ')}`;
  if (best.score === null) return [`${chosen}: no search trial has a score`];
  const side = best === points[0] ? 'smallest' : best === points.at(-1) ? 'largest' : null;
  return points.length < 2 || side === null
    ? [chosen]
    : [chosen, `the chosen learning rate is the ${side} of the search space: the optimum may lie outside`];
}

function mean(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) return null;
    sum += value;
  }
  return values.length === 0 ? null : sum / values.length;
}
