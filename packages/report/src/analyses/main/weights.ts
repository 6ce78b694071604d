import type { Trial } from '@lomap/results';
import { average } from '@lomap/statistics';
import type { Comparison } from '../../comparison.ts';
import { formatRatio } from '../../tables/numbers.ts';
import { left, right, type Section } from '../../tables/table.ts';

type Matrix = Trial['matrices'][number];

/** The columns: a number of a method's matrices, from those of them that have it; null where none has. */
const quantities: readonly [string, (matrices: readonly Matrix[]) => number | null][] = [
  ['‖W* − W‖ / ‖W‖', mean(({ updateNorm, baseNorm }) => (baseNorm > 0 ? updateNorm / baseNorm : null))],
  ['α / ‖W‖ − 1', mean(({ alphaChange }) => alphaChange)],
  [
    'largest |α / ‖W‖ − 1|',
    summary(
      ({ alphaChange }) => alphaChange && Math.abs(alphaChange),
      (changes) => Math.max(...changes),
    ),
  ],
  ['β at start', mean(({ betaStart }) => betaStart)],
  ['β', mean(({ beta }) => beta)],
  ['‖Δ‖', mean(({ deltaNorm }) => deltaNorm)],
];

/**
 * What training did to the adapted matrices: how far it moved W, and α and β of the methods that have them; means over
 * matrices, tasks and seeds. Nothing where no method adapts a matrix.
 */
export function weightsSection({ rows }: Comparison): Section[] {
  const adapted = rows
    .map((row) => ({ row, matrices: row.results.flatMap(({ trial }) => trial.matrices) }))
    .filter(({ matrices }) => matrices.length > 0)
    .map(({ row, matrices }) => ({ row, values: quantities.map(([, summed]) => summed(matrices)) }));
  if (adapted.length === 0) return [];
  const present = quantities.flatMap(([title], i) =>
    adapted.some(({ values }) => values[i] !== null) ? [{ title, i }] : [],
  );
  return [
    {
      name: 'matrices',
      caption: 'Adapted matrices after training: means over matrices, tasks and seeds',
      columns: [left('Method'), ...present.map(({ title }) => right(title))],
      rows: adapted.map(({ row, values }) => [row.title, ...present.map(({ i }) => formatRatio(values[i]!))]),
    },
  ];
}

function mean(value: (matrix: Matrix) => number | null) {
  return summary(value, average);
}

function summary(value: (matrix: Matrix) => number | null, of: (values: readonly number[]) => number) {
  return (matrices: readonly Matrix[]): number | null => {
    const values = matrices.map(value).filter((value) => value !== null);
    return values.length === 0 ? null : of(values);
  };
}
