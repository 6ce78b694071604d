import type { TrialResult } from '@lomap/results';
import { compareResults } from './comparison.ts';
import { distinct, groupBy } from './group.ts';
import { compareMethods, compareTasks, compareText, methodTitle } from './names.ts';
import { summarize, type Summary } from './statistics/summary.ts';
import { variantsOf } from './variants.ts';

/** Score on the selection split against learning rate, for one method on one task. */
export interface SearchCurve {
  /** The method's title, with the settings that tell it from the method's other curves. */
  readonly title: string;
  readonly method: string;
  readonly task: string;
  readonly metric: string;
  /** By ascending learning rate. */
  readonly points: readonly SearchPoint[];
  /** The learning rate with the highest mean; the lowest of those that tie; null while a rate lacks a seed that another has. */
  readonly best: number | null;
  /** Whether the best rate is the lowest or the highest tried, so that the optimum may lie outside. */
  readonly atEdge: boolean;
}

export interface SearchPoint {
  readonly learningRate: number;
  readonly bySeed: ReadonlyMap<number, number>;
  /** In points: the primary metric on the selection split, times 100. */
  readonly score: Summary;
}

const LEARNING_RATE = 'training.learningRate';

/** The search curves among the results; empty if no trial's purpose is search. The order does not matter. */
export function searchCurves(all: readonly TrialResult[]): SearchCurve[] {
  const results = searchResults(all);
  const variants = variantsOf(results, [LEARNING_RATE]);
  const groups = groupBy(results, (result) => {
    const { method, task } = result.trial.settings;
    return JSON.stringify([method.label, variants.get(result), task]);
  });
  const curves = [...groups.values()].flatMap((group) => curveOf(group, variants.get(group[0]!)!) ?? []);
  return curves.sort(
    (a, b) => compareMethods(a.method, b.method) || compareText(a.title, b.title) || compareTasks(a.task, b.task),
  );
}

/** The trials that the curves are of, in the same fixed order. */
export function searchResults(all: readonly TrialResult[]): TrialResult[] {
  return all.filter(({ trial }) => trial.purpose === 'search').sort(compareResults);
}

/** Null if no trial of it has a score. */
function curveOf(group: readonly TrialResult[], variant: string): SearchCurve | null {
  const { settings } = group[0]!.trial;
  const rateOf = ({ trial }: TrialResult) => trial.settings.training.learningRate;
  const scored = group.filter(({ trial }) => trial.selectionScore !== null);
  if (scored.length === 0) return null;
  const rates = distinct(scored.map(rateOf)).sort((a, b) => a - b);
  const points = rates.map((learningRate) => {
    const own = scored.filter((result) => rateOf(result) === learningRate);
    const bySeed = new Map(own.map(({ trial }) => [trial.settings.seed, 100 * trial.selectionScore!]));
    return { learningRate, bySeed, score: summarize([...bySeed.values()])! };
  });
  // As the runner chooses: when every trial has ended; a rate at which a seed diverged, and so left no score, cannot be the best.
  const tried = distinct(group.map(rateOf));
  const seeds = distinct(group.map(({ trial }) => trial.settings.seed)).length;
  const ended = group.length === tried.length * seeds;
  const whole = points.filter(({ bySeed }) => bySeed.size === seeds);
  const best =
    ended && whole.length > 0 ? whole.reduce((a, b) => (b.score.mean > a.score.mean ? b : a)).learningRate : null;
  return {
    title: methodTitle(settings.method.label) + (variant === '' ? '' : ` (${variant})`),
    method: settings.method.name,
    task: settings.task,
    metric: distinct(scored.map(({ trial }) => trial.primary.metric))
      .sort()
      .join(' or '),
    points,
    best,
    atEdge: points.length > 1 && (best === rates[0] || best === rates.at(-1)),
  };
}
