import type { GeometryPoint } from '@lomap/results';
import { summarize, type Summary } from '@lomap/statistics';
import { distinct } from '../../group.ts';
import { meanOfSome, type GeometryComparison, type Recorded } from './measured.ts';

/** Something that is followed over training, of one matrix at one checkpoint. */
export interface Followed {
  readonly key: string;
  readonly title: string;
  readonly of: (point: GeometryPoint) => number | null;
}

export const followed: readonly Followed[] = [
  { key: 'relative_norm', title: '‖ΔW‖ / ‖W‖', of: ({ relativeNorm }) => relativeNorm },
  { key: 'delta_m', title: 'ΔM', of: ({ magnitude }) => magnitude },
  { key: 'delta_d', title: 'ΔD', of: ({ direction }) => direction },
  { key: 'alpha_change', title: 'α / ‖W‖ − 1', of: ({ alphaChange }) => alphaChange },
  { key: 'beta', title: 'β', of: ({ beta }) => beta },
];

/** One method at one checkpoint. */
export interface Moment {
  readonly title: string;
  /** The checkpoint's number from 1, and the share of the steps done. */
  readonly checkpoint: number;
  readonly share: number;
  /** In the order of `followed`: mean over matrices and tasks, one value a seed. */
  readonly values: readonly { readonly summary: Summary | null; readonly bySeed: ReadonlyMap<number, number> }[];
}

/** Every method at every checkpoint. */
export function moments({ rows }: GeometryComparison): Moment[] {
  return rows.flatMap(({ row, results }) => {
    const count = Math.max(...results.map((result) => stepsOf(result).length));
    return Array.from({ length: count }, (_, i): Moment => {
      const reached = results.filter((result) => stepsOf(result).length === count);
      return {
        ...{ title: row.title, checkpoint: i + 1 },
        share: Math.max(...reached.map((result) => stepsOf(result)[i]! / result.trial.steps)),
        values: followed.map(({ of }) => valuesAt(reached, i, of)),
      };
    });
  });
}

export function stepsOf({ trial }: Recorded): number[] {
  return distinct(trial.geometry.points.map(({ step }) => step)).sort((a, b) => a - b);
}

function valuesAt(results: readonly Recorded[], checkpoint: number, of: Followed['of']): Moment['values'][number] {
  const seeds = distinct(results.map(({ trial }) => trial.settings.seed));
  const bySeed = new Map(
    seeds.flatMap((seed) => {
      const own = results.filter(({ trial }) => trial.settings.seed === seed);
      const value = meanOfSome(
        own.map((result) => {
          const step = stepsOf(result)[checkpoint]!;
          return meanOfSome(result.trial.geometry.points.filter((point) => point.step === step).map(of));
        }),
      );
      return value === null ? [] : [[seed, value] as const];
    }),
  );
  return { bySeed, summary: summarize([...bySeed.values()]) };
}
