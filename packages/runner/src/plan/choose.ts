/** The learning rate of each method, from the results of the search. */
import { primaryReading } from '@lomap/data';
import { chooseRate, meanScore, type RateChoice, type RateOutcome } from '@lomap/results';
import type { Sweep } from '../config/sweep.ts';
import { choiceKey, searchTasks, type Choice, type PlannedTrial } from './plan.ts';

/** What a search trial came to. */
export interface SearchAnswer {
  /** On the selection split; null where there is none, because it diverged. */
  readonly score: number | null;
  /** Whether its predictions hardly vary: then it counts as the metric's floor. Older results do not say so of themselves. */
  readonly collapsed: boolean;
  readonly diverged: boolean;
}

export interface MethodChoice extends Choice {
  /** The whole curve of score against learning rate. */
  readonly points: readonly RateOutcome[];
}

/**
 * The learning rate that `chooseRate` takes, by `choiceKey`. Those of which a search trial has no answer yet are left
 * out. Ties, collapsed and diverged rates and an optimum at the edge of the space are said in notes.
 *
 * @param answers what the search trials came to, by trial id
 */
export function chooseLearningRates(
  sweep: Sweep,
  trials: readonly PlannedTrial[],
  answers: ReadonlyMap<string, SearchAnswer>,
): Map<string, MethodChoice> {
  const choices = new Map<string, MethodChoice>();
  const { search } = sweep;
  if (!search) return choices;
  const cells = searchTasks(sweep).flatMap((task) => sweep.labels.map((label) => ({ task, label })));
  for (const { task, label } of cells) {
    const own = trials.filter(({ settings }) => settings.method.label === label && settings.task === task);
    if (own.some((trial) => !answers.has(trial.id))) continue;
    const { better, floor } = primaryReading(task);
    const points = [...search.learningRates]
      .sort((a, b) => a - b)
      .map((learningRate) => outcomeOf(learningRate, answersAt(learningRate, own, answers), floor));
    const choice = chooseRate(points, better);
    const { learningRate } = choice.best;
    choices.set(choiceKey(sweep, task, label), { learningRate, points, notes: notesOn(task, points, choice, floor) });
  }
  return choices;
}

function answersAt(
  learningRate: number,
  trials: readonly PlannedTrial[],
  answers: ReadonlyMap<string, SearchAnswer>,
): SearchAnswer[] {
  return trials
    .filter(({ settings }) => settings.training.learningRate === learningRate)
    .flatMap(({ id }) => answers.get(id) ?? []);
}

function outcomeOf(learningRate: number, answers: readonly SearchAnswer[], floor: number): RateOutcome {
  return {
    learningRate,
    score: meanScore(answers, floor),
    seeds: answers.length,
    collapsed: answers.filter(({ collapsed }) => collapsed).length,
    diverged: answers.filter(({ diverged }) => diverged).length,
  };
}

const FORCED: Readonly<Record<NonNullable<RateChoice['forced']>, string>> = {
  collapsed: 'every rate collapsed or diverged: nothing speaks for the one taken',
  diverged: 'every rate diverged: nothing speaks for the one taken',
  unscored: 'no search trial has a score: nothing speaks for the one taken',
};

function notesOn(task: string, points: readonly RateOutcome[], choice: RateChoice, floor: number): string[] {
  const { best, tied, undecided, edge, forced } = choice;
  const rates = points.map(({ learningRate }) => learningRate).join(', ');
  const tie = `tie of ${tied.length} learning rates (${tied.map(({ learningRate }) => learningRate).join(', ')})`;
  return [
    `learning rate ${best.learningRate} chosen on the selection split of ${task} from ${rates}`,
    ...(forced === null ? [] : [FORCED[forced]]),
    ...(tied.length < 2 || forced !== null
      ? []
      : [`${tie}: the smallest is taken${undecided ? ', for the search does not tell the rates apart' : ''}`]),
    ...counted(points, 'collapsed', `collapsed, so counted as ${floor}, at learning rate`),
    ...counted(points, 'diverged', 'diverged at learning rate'),
    ...(edge === null
      ? []
      : [`the chosen learning rate is the ${edge} of the search space: the optimum may lie outside`]),
  ];
}

/** `diverged at learning rate 0.01 (1 of 2 seeds), 0.03 (2 of 2 seeds)`; none where no rate did. */
function counted(points: readonly RateOutcome[], of: 'collapsed' | 'diverged', what: string): string[] {
  const named = points
    .filter((point) => point[of] > 0)
    .map((point) => `${point.learningRate} (${point[of]} of ${point.seeds} ${point.seeds === 1 ? 'seed' : 'seeds'})`);
  return named.length === 0 ? [] : [`${what} ${named.join(', ')}`];
}
