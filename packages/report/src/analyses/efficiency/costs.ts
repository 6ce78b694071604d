import type { TrialResult } from '@lomap/results';
import { median } from '@lomap/statistics';
import type { Comparison, Row } from '../../comparison.ts';

/** Something measured of a trial. */
export interface Gauge {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly decimals: number;
  /** Null where the trial has none. */
  readonly of: (result: TrialResult) => number | null;
}

export const gauges: readonly Gauge[] = [
  {
    ...{ key: 'step_milliseconds', title: 'Training step', unit: 'ms, median of the steps', decimals: 2 },
    of: ({ measured }) => measured.stepMilliseconds?.median ?? null,
  },
  {
    ...{ key: 'peak_memory_mb', title: 'Peak memory', unit: 'MB resident, whole process', decimals: 0 },
    of: ({ measured }) => measured.peakMemoryBytes / 1e6,
  },
  {
    ...{ key: 'merge_milliseconds', title: 'Merging', unit: 'ms, all adapted matrices', decimals: 1 },
    of: ({ measured }) => (measured.mergeSeconds === undefined ? null : 1000 * measured.mergeSeconds),
  },
];

/** What the methods of a sweep cost, on one task. */
export interface TaskCosts {
  readonly task: string;
  readonly rows: readonly RowCosts[];
}

export interface RowCosts {
  readonly row: Row;
  readonly parameters: number;
  /** In the order of `gauges`. */
  readonly costs: readonly Cost[];
}

export interface Cost {
  readonly bySeed: ReadonlyMap<number, number>;
  /** Over the trials; null without one that has it. */
  readonly median: number | null;
  readonly range: readonly [low: number, high: number] | null;
  /** Median over the seeds of own / baseline's; null for the baseline, without one, and under unequal protocols. */
  readonly ratio: number | null;
}

export interface Costs {
  readonly comparison: Comparison;
  readonly tasks: readonly TaskCosts[];
  readonly results: readonly TrialResult[];
  /** Trials during which another of them ran on the same machine. */
  readonly overlapping: number;
}

/**
 * The costs of main trials that had a process of their own; null where none had. Trials of a shared process are left
 * out: their peak memory holds what other trials left behind.
 */
export function costsOf(comparison: Comparison): Costs | null {
  const results = comparison.results.filter(({ measured }) => measured.ownProcess === true);
  if (results.length === 0) return null;
  const tasks = comparison.tasks.map(({ task }): TaskCosts => {
    const trialsOf = (row: Row | undefined) =>
      (row?.results ?? []).filter((result) => results.includes(result) && result.trial.settings.task === task);
    const rows = comparison.rows.flatMap((row): RowCosts[] => {
      const own = trialsOf(row);
      if (own.length === 0) return [];
      const equal = !row.unequal.has(task);
      const baseline = equal ? trialsOf(comparison.rows.find(({ title }) => title === row.baseline)) : [];
      return [
        {
          row,
          parameters: Math.max(...own.map(({ trial }) => trial.parameters.adapter)),
          costs: gauges.map((gauge) => costOf(valuesOf(own, gauge), valuesOf(baseline, gauge))),
        },
      ];
    });
    return { task, rows };
  });
  return { comparison, tasks, results, overlapping: overlapping(results) };
}

function valuesOf(results: readonly TrialResult[], { of }: Gauge): Map<number, number> {
  return new Map(
    results.flatMap((result) => {
      const value = of(result);
      return value === null ? [] : [[result.trial.settings.seed, value] as const];
    }),
  );
}

function costOf(bySeed: ReadonlyMap<number, number>, baseline: ReadonlyMap<number, number>): Cost {
  const values = [...bySeed.values()];
  const ratios = [...bySeed].flatMap(([seed, value]) => {
    const other = baseline.get(seed);
    return other === undefined || other === 0 ? [] : [value / other];
  });
  return {
    bySeed,
    median: values.length === 0 ? null : median(values),
    range: values.length === 0 ? null : [Math.min(...values), Math.max(...values)],
    ratio: ratios.length === 0 ? null : median(ratios),
  };
}

/** How many trials shared some of their time with another on the same host: `--jobs` above 1, or two sweeps at once. */
function overlapping(results: readonly TrialResult[]): number {
  const spans = results.map(({ measured }) => ({
    host: measured.host,
    from: Date.parse(measured.startedAt),
    to: Date.parse(measured.finishedAt),
  }));
  return spans.filter((a) => spans.some((b) => a !== b && a.host === b.host && a.from < b.to && b.from < a.to)).length;
}
