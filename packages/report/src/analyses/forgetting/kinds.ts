import type { Trial, TrialResult } from '@lomap/results';
import { distinct } from '../../group.ts';
import { compareTasks, metricTitle, taskTitle } from '../../names.ts';
import { printed, smallerIsBetter, unitsOf } from '../../readings.ts';

/** Something that fine-tuning may make an encoder forget, and how much of it is gone. */
export interface Kind {
  /** Unique among the kinds of a sweep; the name in records. */
  readonly key: string;
  /** What is forgotten: `pretraining text`, `MRPC`. */
  readonly what: string;
  /** The measure in words: `rise of the masked-LM loss`. */
  readonly measure: string;
  readonly unit: string;
  /** Decimals in print. */
  readonly decimals: number;
  /** How much is forgotten with these scores of the trial, in the unit, more being worse; null if it was not measured. */
  readonly forgotten: (trial: Trial, scores: Scores) => number | null;
}

export type Scores = Readonly<Record<string, number>>;

/** ‖ΔW‖_F over the encoder, as the runner calls it. */
export const UPDATE_NORM = 'update_norm';
const MASKED_LM_LOSS = 'masked_lm_loss';
const PREVIOUS = 'previous_';

/** Whether a number of an epoch is a metric's, to be shown as that says; a norm and a loss are not. */
export function isScore(name: string): boolean {
  return name !== UPDATE_NORM && name !== MASKED_LM_LOSS;
}

/**
 * What the trials measure of forgetting:
 *
 *   pretraining text   F = masked-LM loss − masked-LM loss before training, in nats a hidden token
 *   a previous task    F = scale · (score before training − score), in the unit of that task's primary metric on dev; the
 *                      other way round where smaller scores are better
 */
export function kindsOf(results: readonly TrialResult[]): Kind[] {
  const previous = distinct(
    results.flatMap(({ trial: { settings, beforeTraining = {} } }) => {
      const task = settings.forgetting?.previous?.task;
      return task !== undefined && Object.keys(beforeTraining).some((name) => name.startsWith(PREVIOUS)) ? [task] : [];
    }),
  ).sort(compareTasks);
  const maskedLm = results.some(({ trial }) => trial.beforeTraining?.[MASKED_LM_LOSS] !== undefined);
  return [...(maskedLm ? [pretrainingText] : []), ...previous.map((task) => previousTask(task, results))];
}

const pretrainingText: Kind = {
  key: 'pretraining-text',
  what: 'pretraining text',
  measure: 'rise of the masked-LM loss',
  unit: 'nats',
  decimals: 3,
  forgotten: ({ beforeTraining }, scores) => minus(scores[MASKED_LM_LOSS], beforeTraining?.[MASKED_LM_LOSS]),
};

function previousTask(task: string, results: readonly TrialResult[]): Kind {
  const metric = primaryMetric(task, results);
  const name = PREVIOUS + metric;
  return {
    key: `previous-${task}`,
    what: taskTitle(task),
    measure: `loss of ${metricTitle(metric)} on ${taskTitle(task)}, learned before`,
    unit: unitsOf([metric]),
    decimals: 2,
    forgotten: ({ settings, beforeTraining }, scores) => {
      if (settings.forgetting?.previous?.task !== task) return null;
      const lost = minus(beforeTraining?.[name], scores[name]);
      return lost === null ? null : printed(metric, smallerIsBetter(metric) ? -lost : lost);
    },
  };
}

/** The primary metrics of GLUE's tasks; a task that has several of them is tested by the first. */
const PRIMARY = ['matthews_correlation', 'pearson_spearman', 'accuracy'];

/** The previous task's primary metric: as its own trials in the sweep say, or else GLUE's. */
function primaryMetric(task: string, results: readonly TrialResult[]): string {
  const own = results.find(({ trial }) => trial.settings.task === task)?.trial.primary.metric;
  const measured = distinct(
    results
      .filter(({ trial }) => trial.settings.forgetting?.previous?.task === task)
      .flatMap(({ trial }) => Object.keys(trial.beforeTraining ?? {}))
      .filter((name) => name.startsWith(PREVIOUS))
      .map((name) => name.slice(PREVIOUS.length)),
  ).sort();
  return [own, ...PRIMARY].find((metric) => metric !== undefined && measured.includes(metric)) ?? measured[0]!;
}

function minus(a: number | undefined, b: number | undefined): number | null {
  return a === undefined || b === undefined ? null : a - b;
}
