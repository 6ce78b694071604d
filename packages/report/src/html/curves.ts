import type { Trial } from '@lomap/results';
import { isScore } from '../analyses/forgetting/kinds.ts';
import { printed } from '../readings.ts';

/** The most points of a curve that a page holds. */
export const MOST_POINTS = 300;

/** A curve thinned to at most 300 points: each the mean, least and greatest of neighbouring values. */
export interface ThinCurve {
  /** Steps in a point; 1 if nothing was thinned. */
  readonly every: number;
  /** Steps in each value that the least and the greatest are of: more than 1 if the result itself was thinned. */
  readonly steps: number;
  /** [last step of the point (from 1), mean, least, greatest], with five significant digits. */
  readonly points: readonly (readonly [step: number, mean: number, low: number, high: number])[];
}

/** Thins the training loss without chance: consecutive groups of ⌈n / 300⌉ values, the last one perhaps shorter. */
export function thinLoss(trial: Trial, most = MOST_POINTS): ThinCurve {
  const { loss: values } = trial.curves;
  const [steps, last] = [stepsOfValue(trial), lastStep(trial)];
  const every = Math.max(1, Math.ceil(values.length / most));
  const points: [number, number, number, number][] = [];
  for (let start = 0; start < values.length; start += every) {
    const group = values.slice(start, start + every);
    const mean = group.reduce((sum, value) => sum + value, 0) / group.length;
    const end = Math.min((start + group.length) * steps, last);
    points.push([end, short(mean), short(Math.min(...group)), short(Math.max(...group))]);
  }
  return { every: every * steps, steps, points };
}

/** Steps in a value of a trial's curves, whose mean it is. */
export function stepsOfValue({ curves }: Trial): number {
  return curves.every ?? 1;
}

/** The step (from 1) that the curves end at. */
export function lastStep(trial: Trial): number {
  return trial.curves.every === undefined ? trial.curves.loss.length : trial.steps;
}

/** A score on the selection split after an epoch. */
export interface EpochPoint {
  readonly epoch: number;
  readonly step: number;
  readonly metric: string;
  /** As it is printed. */
  readonly score: number;
  readonly chosen: boolean;
}

/** Every score after every epoch, in the order of epochs, then of the metrics' names. */
export function epochPoints({ epochs, chosenEpoch }: Trial): EpochPoint[] {
  return epochs.flatMap(({ epoch, step, scores }) =>
    Object.entries(scores)
      .filter(([metric]) => isScore(metric))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([metric, value]) => ({
        epoch,
        step,
        metric,
        score: short(printed(metric, value)),
        chosen: epoch === chosenEpoch,
      })),
  );
}

/**
 * The mean training loss of the steps after the one epoch's end up to the other's; null if there are none. Where a curve
 * was thinned, a step counts with the mean that it went into.
 */
export function meanLoss(trial: Trial, after: number, upTo: number): number | null {
  const [steps, last] = [stepsOfValue(trial), lastStep(trial)];
  let [sum, count] = [0, 0];
  trial.curves.loss.forEach((value, i) => {
    const own = Math.min((i + 1) * steps, last, upTo) - Math.max(i * steps, after);
    if (own <= 0) return;
    sum += own * value;
    count += own;
  });
  return count === 0 ? null : sum / count;
}

function short(value: number): number {
  return Number(value.toPrecision(5));
}
