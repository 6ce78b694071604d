import { NOTHING_ABOUT, type About, type TrialResult } from '@lomap/results';
import { baselineOf, type BaselineCandidate } from '../../baseline.ts';
import { compareResults, type TaskColumn } from '../../comparison.ts';
import { distinct, groupBy } from '../../group.ts';
import { compareMethods, compareTasks, compareText, methodTitle } from '../../names.ts';
import { protocolLines, protocolsOf, unequalTasks } from '../../protocols.ts';
import { variantsOf } from '../../variants.ts';
import type { Cloud } from './frontier.ts';
import { kindsOf, UPDATE_NORM, type Kind } from './kinds.ts';
import { counted } from '../../tables/numbers.ts';
import { printed } from '../../readings.ts';

/** The trials of a sweep that measured forgetting, as clouds of points. */
export interface Measured {
  readonly sweep: string;
  readonly kinds: readonly Kind[];
  readonly tasks: readonly TaskColumn[];
  /** The methods that change the encoder. */
  readonly rows: readonly MeasuredRow[];
  /** Methods that leave the encoder as it is: they forget nothing, and there is nothing to match. */
  readonly floors: readonly MeasuredRow[];
  readonly results: readonly TrialResult[];
  /** What differs between the rows besides their methods and rates, in lines. */
  readonly protocols: readonly string[];
  /** Trials that diverged, and so have no result. */
  readonly diverged: About['diverged'];
  readonly warnings: readonly string[];
}

/** A method over all its learning rates. */
export interface MeasuredRow extends BaselineCandidate {
  readonly title: string;
  readonly results: readonly TrialResult[];
  /** The row that its differences are to; null for the baseline, where there is none, and under unequal protocols. */
  readonly baseline: string | null;
  /** The tasks on which it was trained unlike that row, with the settings that differ. */
  readonly unequal: ReadonlyMap<string, readonly string[]>;
}

/** A row's clouds of one kind on one task, by seed; seeds without a point are absent. */
export type CloudsBySeed = ReadonlyMap<number, Cloud>;

/** The main trials that measured forgetting; null if there are none. The order of the results does not matter. */
export function measuredOf(
  sweep: string,
  all: readonly TrialResult[],
  { question, diverged }: Pick<About, 'question' | 'diverged'> = NOTHING_ABOUT,
): Measured | null {
  const asked = all.filter(({ trial }) => trial.purpose === 'main' && trial.settings.forgetting !== undefined);
  if (asked.length === 0) return null;
  const results = asked.filter(({ trial }) => trial.beforeTraining !== undefined).sort(compareResults);
  const missing = asked.length - results.length;
  const warnings =
    missing === 0
      ? []
      : [
          `${sweep}: without beforeTraining, and so left out of the comparison of forgetting: ${missing} of ` +
            `${counted(asked.length, 'trial')}. Run again what is missing.`,
        ];
  const variants = variantsOf(results, ['training.learningRate']);
  const groups = groupBy(results, (result) =>
    JSON.stringify([result.trial.settings.method.label, variants.get(result)]),
  );
  const drafts = [...groups.values()].map((own) => draftOf(own, variants.get(own[0]!)!)).sort(compareRows);
  const moves = ({ results: own }: { results: readonly TrialResult[] }) =>
    own.some(({ trial }) => trial.epochs.some(({ scores }) => (scores[UPDATE_NORM] ?? 0) > 0));
  const moving = drafts.filter(moves);
  for (const { title } of moving.filter(({ variant }) => variant !== '')) {
    warnings.push(
      `${sweep}: trials of one label differ in more than the learning rate; "${title}" is a row of its own.`,
    );
  }
  const rows = moving.map((row) => {
    const baseline = baselineOf(row, moving);
    const unequal = baseline === null ? new Map<string, string[]>() : unequalTasks(row, baseline, question);
    return { ...row, baseline: baseline?.title ?? null, unequal };
  });
  return {
    sweep,
    kinds: kindsOf(results),
    tasks: taskColumns(results),
    rows: rows.map((row) => ({ ...row, baseline: row.unequal.size > 0 ? null : row.baseline })),
    floors: drafts.filter((row) => !moves(row)).map((row) => ({ ...row, baseline: null, unequal: new Map() })),
    results,
    protocols: protocolLines({ rows, protocols: protocolsOf(rows), question }),
    diverged: diverged.filter(({ purpose, settings }) => purpose === 'main' && settings.forgetting !== undefined),
    warnings,
  };
}

/** Every epoch of every trial of the row on the task that has score, norm and forgetting, by seed. */
export function cloudsOf(row: MeasuredRow, task: string, kind: Kind): CloudsBySeed {
  const clouds = new Map<number, Cloud>();
  for (const { trial } of row.results.filter((result) => result.trial.settings.task === task)) {
    const { seed, training } = trial.settings;
    const points = trial.epochs.flatMap(({ epoch, scores }) => {
      const [score, norm, forgotten] = [
        scores[trial.primary.metric],
        scores[UPDATE_NORM],
        kind.forgotten(trial, scores),
      ];
      if (score === undefined || norm === undefined || forgotten === null) return [];
      return [
        { learningRate: training.learningRate, epoch, score: printed(trial.primary.metric, score), norm, forgotten },
      ];
    });
    if (points.length > 0) clouds.set(seed, [...(clouds.get(seed) ?? []), ...points]);
  }
  return clouds;
}

/** Whether some method was trained on one task with one seed at several learning rates. */
export function spansRates(results: readonly TrialResult[]): boolean {
  const cells = groupBy(results, ({ trial: { settings } }) =>
    JSON.stringify([settings.method.label, settings.task, settings.seed]),
  );
  return [...cells.values()].some(
    (own) => distinct(own.map(({ trial }) => trial.settings.training.learningRate)).length > 1,
  );
}

function draftOf(results: readonly TrialResult[], variant: string) {
  const { label, name, rank } = results[0]!.trial.settings.method;
  const title = methodTitle(label) + (variant === '' ? '' : ` (${variant})`);
  return { title, label, method: name, variant, rank, results };
}

function compareRows(a: BaselineCandidate, b: BaselineCandidate): number {
  return compareMethods(a.method, b.method) || compareText(a.label, b.label) || compareText(a.variant, b.variant);
}

function taskColumns(results: readonly TrialResult[]): TaskColumn[] {
  return [...groupBy(results, ({ trial }) => trial.settings.task)]
    .sort(([a], [b]) => compareTasks(a, b))
    .map(([task, own]) => ({
      task,
      metric: distinct(own.map(({ trial }) => trial.primary.metric))
        .sort()
        .join(' or '),
    }));
}
