import { summarize } from '@lomap/statistics';
import type { TopLevelSpec } from 'vega-lite';
import { ABREAST, type Layout } from '../../charts/grid.ts';
import { linePanels, type LineAxis, type LinePanel, type LinePoint } from '../../charts/lines.ts';
import { dataText, modelsText, seedsText } from '../../charts/subtitle.ts';
import type { Cell, Comparison, Row } from '../../comparison.ts';
import { metricTitle, taskTitle } from '../../names.ts';
import { allRanks, type RankSeries } from './series.ts';
import { parametersOf } from './table.ts';
import { unitsOf } from '../../readings.ts';

/** Score against the rank, a panel for each task and one for their average; the last has the trainable parameters. */
export function rankChart(
  comparison: Comparison,
  series: readonly RankSeries[],
  title: string,
  layout: Layout = {},
): TopLevelSpec {
  const x: LineAxis = { title: 'rank (log scale)', scale: 'log', ticks: allRanks(series) };
  const parameters = points(
    series,
    ({ rank }) => rank!,
    (row) => new Map([[0, parametersOf(row)]]),
  );
  return linePanels({
    ...{ ...layout, title, subtitle: subtitle(comparison), series: series.map((own) => own.title) },
    // With the panel of the parameters and, for several tasks, of the average.
    abreast: layout.abreast ?? (comparison.tasks.length === 2 ? 2 : ABREAST),
    panels: [
      ...scorePanels(comparison, series, x, ({ rank }) => rank!),
      {
        ...{ title: 'Trainable parameters', subtitle: 'head left out', x },
        y: { title: 'parameters (log scale)', scale: 'log', format: '~s' },
        points: parameters.map((point) => ({ ...point, bySeed: new Map<number, number>() })),
      },
    ],
  });
}

/** The same scores against what a rank costs: the trainable parameters. */
export function rankParametersChart(
  comparison: Comparison,
  series: readonly RankSeries[],
  title: string,
  layout: Layout = {},
): TopLevelSpec {
  const x: LineAxis = { title: 'trainable parameters, no head (log scale)', scale: 'log', format: '~s' };
  return linePanels({
    ...{ ...layout, title, subtitle: subtitle(comparison), series: series.map((own) => own.title) },
    panels: scorePanels(comparison, series, x, parametersOf),
  });
}

function scorePanels(
  { tasks }: Comparison,
  series: readonly RankSeries[],
  x: LineAxis,
  at: (row: Row) => number,
): LinePanel[] {
  const y: LineAxis = { title: `score on dev (${unitsOf(tasks.map(({ metric }) => metric))})` };
  const panel = (title: string, subtitle: string, of: (row: Row) => Cell): LinePanel => ({
    ...{ title, subtitle, x, y },
    points: points(series, at, (row) => of(row).bySeed),
  });
  return [
    ...tasks.map(({ task, metric }, i) => panel(taskTitle(task), metricTitle(metric), (row) => row.cells[i]!)),
    ...(tasks.length > 1 ? [panel('Average', `of ${tasks.length} tasks`, ({ average }) => average)] : []),
  ];
}

function points(
  series: readonly RankSeries[],
  at: (row: Row) => number,
  of: (row: Row) => ReadonlyMap<number, number>,
): LinePoint[] {
  return series.flatMap(({ title, byRank }) =>
    [...byRank.values()].flatMap((row) => {
      const bySeed = of(row);
      const summary = summarize([...bySeed.values()]);
      return summary === null ? [] : [{ series: title, x: at(row), summary, bySeed }];
    }),
  );
}

function subtitle({ results }: Comparison): string {
  return `${dataText(results)}${modelsText(results)}, ${seedsText(results)}. Lines: means with 95 % t intervals. Small points: seeds.`;
}
