import type { Trial } from '@lomap/results';
import { isScore } from '../forgetting/kinds.ts';

/** The most points of a curve that a page holds. */
export const MOST_POINTS = 300;

/** A curve thinned to at most 300 points: each the mean, least and greatest of `every` neighbouring steps. */
export interface ThinCurve {
  /** Steps in a point; 1 if nothing was thinned. */
  readonly every: number;
  /** [last step of the point (from 1), mean, least, greatest], with five significant digits. */
  readonly points: readonly (readonly [step: number, mean: number, low: number, high: number])[];
}

/** Thins a curve without chance: consecutive groups of ⌈n / 300⌉ steps, the last one perhaps shorter. */
export function thin(values: readonly number[], most = MOST_POINTS): ThinCurve {
  const every = Math.max(1, Math.ceil(values.length / most));
  const points: [number, number, number, number][] = [];
  for (let start = 0; start < values.length; start += every) {
    const group = values.slice(start, start + every);
    const mean = group.reduce((sum, value) => sum + value, 0) / group.length;
    points.push([start + group.length, short(mean), short(Math.min(...group)), short(Math.max(...group))]);
  }
  return { every, points };
}

/** A score on the selection split after an epoch. */
export interface EpochPoint {
  readonly epoch: number;
  readonly step: number;
  readonly metric: string;
  /** In points. */
  readonly score: number;
  readonly chosen: boolean;
}

/** Every score after every epoch, in the order of epochs, then of the metrics' names. */
export function epochPoints({ epochs, chosenEpoch }: Trial): EpochPoint[] {
  return epochs.flatMap(({ epoch, step, scores }) =>
    Object.entries(scores)
      .filter(([metric]) => isScore(metric))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([metric, value]) => ({ epoch, step, metric, score: short(100 * value), chosen: epoch === chosenEpoch })),
  );
}

/** The mean training loss of the steps after the one epoch's end up to the other's; null if there are none. */
export function meanLoss({ curves }: Trial, after: number, upTo: number): number | null {
  const own = curves.loss.slice(after, upTo);
  return own.length === 0 ? null : own.reduce((sum, value) => sum + value, 0) / own.length;
}

function short(value: number): number {
  return Number(value.toPrecision(5));
}
