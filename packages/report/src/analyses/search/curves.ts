import { primaryReading } from '@lomap/data';
import {
  chooseRate,
  collapsedOnSelection,
  meanScore,
  trialId,
  type DivergedTrial,
  type RateChoice,
  type RateOutcome,
  type TrialResult,
  type TrialSettings,
} from '@lomap/results';
import { readingOf, type Reading } from '@lomap/tasks';
import { summarize, type Summary } from '@lomap/statistics';
import { compareResults } from '../../comparison.ts';
import { distinct, groupBy } from '../../group.ts';
import { compareMethods, compareTasks, compareText, methodTitle } from '../../names.ts';
import { variantsOf } from '../../variants.ts';

/** Score on the selection split against learning rate, for one method on one task. */
export interface SearchCurve {
  /** The method's title, with the settings that tell it from the method's other curves. */
  readonly title: string;
  readonly method: string;
  readonly task: string;
  readonly metric: string;
  /** By ascending learning rate. */
  readonly points: readonly SearchPoint[];
  /** What the search chooses, by the runner's own rule; null while a rate lacks a seed that another has. */
  readonly choice: RateChoice<SearchPoint> | null;
}

export interface SearchPoint extends RateOutcome {
  /** The primary metric on the selection split as it is printed; its floor for a trial that collapsed. */
  readonly bySeed: ReadonlyMap<number, number>;
  /** The seeds whose trials collapsed. */
  readonly collapsedSeeds: readonly number[];
  /** Over the seeds that have a score; null where none has. */
  readonly summary: Summary | null;
}

/** A search trial, with a result or without. */
interface Attempt {
  readonly trial: { readonly settings: TrialSettings };
  readonly metric: string | null;
  readonly score: number | null;
  readonly collapsed: boolean;
  readonly diverged: boolean;
}

const LEARNING_RATE = 'training.learningRate';

/**
 * The search curves among the results; empty if no trial's purpose is search. The order does not matter.
 *
 * @param diverged trials without a result: at their learning rate the loss was no longer finite
 */
export function searchCurves(all: readonly TrialResult[], diverged: readonly DivergedTrial[] = []): SearchCurve[] {
  const attempts = [...searchResults(all).map(finished), ...lostOf(all, diverged)];
  const variants = variantsOf(attempts, [LEARNING_RATE]);
  const groups = groupBy(attempts, (attempt) => {
    const { method, task } = attempt.trial.settings;
    return JSON.stringify([method.label, variants.get(attempt), task]);
  });
  const curves = [...groups.values()].flatMap((group) => curveOf(group, variants.get(group[0]!)!) ?? []);
  return curves.sort(
    (a, b) => compareMethods(a.method, b.method) || compareText(a.title, b.title) || compareTasks(a.task, b.task),
  );
}

/** The trials with a result that the curves are of, in the same fixed order. */
export function searchResults(all: readonly TrialResult[]): TrialResult[] {
  return all.filter(({ trial }) => trial.purpose === 'search').sort(compareResults);
}

function finished({ trial }: TrialResult): Attempt {
  const collapsed = collapsedOnSelection(trial) === true;
  return { trial, metric: trial.primary.metric, score: trial.selectionScore, collapsed, diverged: false };
}

function lostOf(all: readonly TrialResult[], diverged: readonly DivergedTrial[]): Attempt[] {
  const ids = new Set(all.map(({ trial }) => trial.id));
  return diverged
    .filter(({ purpose, settings }) => purpose === 'search' && !ids.has(trialId(settings)))
    .map(({ settings }) => ({ trial: { settings }, metric: null, score: null, collapsed: false, diverged: true }));
}

/** Null if no trial of it has a score or is known to have diverged. */
function curveOf(group: readonly Attempt[], variant: string): SearchCurve | null {
  if (!group.some(({ score, diverged }) => score !== null || diverged)) return null;
  const { settings } = group[0]!.trial;
  const rateOf = ({ trial }: Attempt) => trial.settings.training.learningRate;
  const rates = distinct(group.map(rateOf)).sort((a, b) => a - b);
  const metric = distinct(group.flatMap((attempt) => attempt.metric ?? []))
    .sort()
    .join(' or ');
  const reading = metric === '' ? primaryReading(settings.task) : readingOf(metric);
  const points = rates.map((rate) =>
    pointOf(
      rate,
      group.filter((attempt) => rateOf(attempt) === rate),
      reading,
    ),
  );
  // As the runner chooses: when every trial has ended.
  const seeds = distinct(group.map(({ trial }) => trial.settings.seed)).length;
  const ended = group.length === rates.length * seeds;
  return {
    title: methodTitle(settings.method.label) + (variant === '' ? '' : ` (${variant})`),
    method: settings.method.name,
    task: settings.task,
    metric,
    points,
    choice: ended ? chooseRate(points, reading.better) : null,
  };
}

function pointOf(learningRate: number, attempts: readonly Attempt[], { scale, floor }: Reading): SearchPoint {
  const seedOf = ({ trial }: Attempt) => trial.settings.seed;
  const collapsed = attempts.filter((attempt) => attempt.collapsed);
  const bySeed = new Map(
    attempts.flatMap((attempt) =>
      attempt.score === null ? [] : [[seedOf(attempt), scale * (attempt.collapsed ? floor : attempt.score)] as const],
    ),
  );
  return {
    learningRate,
    ...{ score: meanScore(attempts, floor), seeds: attempts.length, collapsed: collapsed.length },
    diverged: attempts.filter(({ diverged }) => diverged).length,
    ...{ bySeed, collapsedSeeds: collapsed.map(seedOf), summary: summarize([...bySeed.values()]) },
  };
}
