import type { Trial } from '@lomap/results';
import type { Comparison } from '../comparison.ts';
import { average } from '../statistics/summary.ts';
import { formatRatio } from './numbers.ts';
import { left, right, type Section } from './table.ts';

type Matrix = Trial['matrices'][number];

/** What training did to the adapted matrices, for an ablation of α and β: means over matrices, tasks and seeds. */
export function weightsSection({ rows }: Comparison): Section[] {
  const adapted = rows
    .map((row) => ({ row, matrices: row.results.flatMap(({ trial }) => trial.matrices) }))
    .filter(({ matrices }) => matrices.some(({ alphaChange }) => alphaChange !== null));
  if (adapted.length === 0) return [];
  return [
    {
      caption: 'Adapted matrices after training: means over matrices, tasks and seeds',
      columns: [
        left('Method'),
        right('‖W* − W‖ / ‖W‖'),
        right('α / ‖W‖ − 1'),
        right('largest |α / ‖W‖ − 1|'),
        right('β at start'),
        right('β'),
        right('‖Δ‖'),
      ],
      rows: adapted.map(({ row, matrices }) => [
        row.title,
        formatRatio(mean(matrices, ({ updateNorm, baseNorm }) => (baseNorm > 0 ? updateNorm / baseNorm : null))),
        formatRatio(mean(matrices, ({ alphaChange }) => alphaChange)),
        formatRatio(Math.max(...matrices.map(({ alphaChange }) => Math.abs(alphaChange ?? 0)))),
        formatRatio(mean(matrices, ({ betaStart }) => betaStart)),
        formatRatio(mean(matrices, ({ beta }) => beta)),
        formatRatio(mean(matrices, ({ deltaNorm }) => deltaNorm)),
      ]),
    },
  ];
}

function mean(matrices: readonly Matrix[], of: (matrix: Matrix) => number | null): number | null {
  const values = matrices.map(of).filter((value) => value !== null);
  return values.length === 0 ? null : average(values);
}
