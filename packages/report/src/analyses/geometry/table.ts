/** ΔM against ΔD: correlations with their null; and what training does to ‖ΔW‖, α and β. */
import { summarize, type Summary } from '@lomap/statistics';
import { FEW_SEEDS } from '../../notes/few-seeds.ts';
import { provenanceNotes } from '../../notes/provenance.ts';
import { rowNotes } from '../../notes/rows.ts';
import { syntheticText } from '../../notes/synthetic.ts';
import { protocolLines } from '../../protocols.ts';
import { counted, field, fixed, formatDifference, formatRatio, formatScore, NOTHING } from '../../tables/numbers.ts';
import { left, right, type Field, type Section, type Table } from '../../tables/table.ts';
import { KINDS, type GeometryComparison, type GeometryRow, type Kind } from './measured.ts';
import { followed, moments } from './training.ts';

const CAPTIONS: Readonly<Record<Kind, string>> = {
  layer:
    'Within layer and checkpoint: correlation of ΔM and ΔD over the layer’s matrices, mean over layers and checkpoints',
  outputs: 'Within matrix and checkpoint: correlation over the matrix’s outputs, mean over matrices and checkpoints',
  pooled: 'Pooled over matrices and checkpoints, as the DoRA paper plots it (large by size alone)',
};
const ORDER: readonly Kind[] = ['layer', 'outputs', 'pooled'];

/** The correlations of every method beside those of random updates. */
export function geometryTable(geometry: GeometryComparison, title: string): Table {
  const { rows, sizes } = geometry;
  return {
    title,
    sections: [
      ...ORDER.map((kind) => correlations(kind, geometry)),
      ...(sizes.length === 0 ? [] : [nullSection(geometry)]),
    ],
    records: {
      columns: [
        ...['method', 'correlation', 'seeds', 'mean', 'standard_deviation', 'low', 'high'],
        ...['random_mean', 'random_standard_deviation', 'difference', 'difference_low', 'difference_high'],
      ],
      rows: rows.flatMap((row) => KINDS.map((kind) => record(row, kind))),
    },
    protocols: protocolLines(geometry.comparison),
    notes: notes(geometry),
  };
}

function correlations(kind: Kind, { rows, rank }: GeometryComparison): Section {
  return {
    name: kind,
    caption: CAPTIONS[kind],
    columns: [
      left('Method'),
      right('Trained: mean ± deviation (seeds)'),
      right(`Random rank-${rank} updates of the same sizes`),
      right('Difference, paired by seed [95 % t interval] (pairs)'),
    ],
    rows: rows.map(({ row, trained, random, difference }) => [
      row.title,
      formatScore(trained[kind], 3),
      formatScore(random[kind], 3),
      formatDifference(difference[kind], 3),
    ]),
  };
}

function nullSection({ sizes, pooledSizes, rank }: GeometryComparison): Section {
  return {
    name: 'null',
    caption: `The null: random rank-${rank} updates of several sizes, no training`,
    columns: [left('‖ΔW‖ / ‖W‖'), ...['ΔM', 'ΔD', 'r within layer', 'r within matrix', 'r pooled'].map(right)],
    rows: [
      ...sizes.map(({ share, magnitude, direction, layer, outputs }) => [
        `${Number((100 * share).toPrecision(6))} %`,
        ...[formatRatio(magnitude), formatRatio(direction)],
        ...[formatScore(layer, 3), formatScore(outputs, 3), NOTHING],
      ]),
      ['all sizes', NOTHING, NOTHING, NOTHING, NOTHING, formatScore(pooledSizes, 3)],
    ],
  };
}

function record({ row, trained, random, difference }: GeometryRow, kind: Kind): Field[] {
  const own = trained[kind];
  const apart = difference[kind];
  return [
    ...[row.title, kind, own?.n ?? 0],
    ...[own?.mean, own?.deviation, own?.interval?.[0], own?.interval?.[1]].map(field),
    ...[random[kind]?.mean, random[kind]?.deviation].map(field),
    ...[apart?.mean, apart?.interval?.[0], apart?.interval?.[1]].map(field),
  ];
}

/** ‖ΔW‖, ΔM, ΔD, α and β at every checkpoint. */
export function geometryTrainingTable(geometry: GeometryComparison, title: string): Table {
  const all = moments(geometry);
  const synthetic = syntheticText(geometry.results);
  return {
    title,
    sections: [
      {
        caption: 'Over training: mean over matrices and tasks, then over seeds',
        columns: [left('Method'), right('Steps done'), ...followed.map((own) => right(own.title))],
        rows: all.map(({ title: name, share, values }) => [
          name,
          `${fixed(100 * share, 0)} %`,
          ...values.map(({ summary }) => formatRatio(summary?.mean ?? null)),
        ]),
      },
    ],
    records: {
      columns: ['method', 'checkpoint', 'share_of_steps', 'measure', 'seeds', 'mean', 'standard_deviation'],
      rows: all.flatMap(({ title: name, checkpoint, share, values }) =>
        values.map(({ summary }, i) => [
          ...[name, checkpoint, field(share), followed[i]!.key, summary?.n ?? 0],
          ...[precise(summary?.mean), precise(summary?.deviation)],
        ]),
      ),
    },
    protocols: protocolLines(geometry.comparison),
    notes: [
      ...(synthetic === null ? [] : [synthetic]),
      ...rowNotes(geometry.comparison),
      'α / ‖W‖ − 1 and β of vectors are means over their entries; – where a method has none.',
      ...provenanceNotes(geometry.results),
    ],
  };
}

/** ΔD is far below the six decimals of other records. */
function precise(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value.toPrecision(6));
}

function notes({ results, rows, rank, sizes, comparison }: GeometryComparison): string[] {
  const synthetic = syntheticText(results);
  const fewest = Math.min(...rows.map((row) => seedsOf(row)?.n ?? 0));
  const without = comparison.rows.length - rows.length;
  return [
    ...(synthetic === null ? [] : [synthetic]),
    ...rowNotes(comparison),
    ...(fewest < FEW_SEEDS ? [`Few seeds (n = ${fewest}): for looking, not for concluding.`] : []),
    'ΔM is the mean over a matrix’s outputs of |‖w*‖ − ‖w‖|, ΔD that of 1 − cos(w*, w), w the output’s row of W [out, in] ' +
      '(DoRA, arXiv 2402.09353, §3.2, which calls these columns).',
    `The null: BA of rank ${rank} with standard normal A and B. Both ΔM and ΔD grow with ‖ΔW‖, so any update that grows, ` +
      'random or trained, correlates when sizes are pooled. What training does is in the differences to random updates of ' +
      'the same ‖ΔW‖ matrix by matrix, and within layer and checkpoint.',
    'A correlation is taken in each trial; tasks of a seed are averaged, so there is one value a seed. A layer has few ' +
      'matrices, so its correlation scatters widely; fewer than three give none.',
    ...(sizes.length === 0 ? ['No random updates of fixed sizes were asked for.'] : []),
    ...(rows.some(({ row }) => row.method === 'full') ? [] : ['Full fine-tuning is not in this table: run it beside.']),
    ...(without > 0
      ? [`${counted(without, 'row')} of the main table changed no adapted matrix, or recorded nothing.`]
      : []),
    ...provenanceNotes(results),
  ];
}

function seedsOf({ results }: GeometryRow): Summary | null {
  return summarize([...new Set(results.map(({ trial }) => trial.settings.seed))]);
}
