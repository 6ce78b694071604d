import type { TopLevelSpec } from 'vega-lite';
import { baselinesText } from '../../baseline.ts';
import type { Cell, Comparison, Row } from '../../comparison.ts';
import { printedTitle } from '../../frozen.ts';
import { distinct } from '../../group.ts';
import { metricTitle, taskTitle } from '../../names.ts';
import { dotPanels, type Dot, type Panel } from '../../charts/dots.ts';
import type { Layout } from '../../charts/grid.ts';
import { dataText, modelsText, seedsText } from '../../charts/subtitle.ts';
import { alike, unitsOf } from '../../readings.ts';

/**
 * Score by task and method: a panel for each task and one for their average, each seed an open circle, the mean on
 * its 95 % t interval, the baseline's mean dashed.
 */
export function scoresChart(comparison: Comparison, title: string, layout: Layout = {}): TopLevelSpec {
  const baselines = baselinesText(comparison.rows, comparison.rows);
  return dotPanels({
    ...layout,
    title,
    subtitle: `${sampleText(comparison)}${baselines === '' ? '' : ` Dashed: ${baselines}.`}`,
    axis: `score on dev (${unitsOf(comparison.tasks.map(({ metric }) => metric))})`,
    rows: comparison.rows.map(printedTitle),
    panels: panelsOf(comparison, (row, cell) => ({
      row: printedTitle(row),
      bySeed: cell.bySeed,
      summary: cell.score,
    })).map((panel, i) => ({ ...panel, references: baselineMeans(comparison, i) })),
  });
}

/**
 * The paired differences from the baseline by task and method, laid out as in the chart of scores; head only is left
 * out, because it would set the scale, and so is what was trained unlike its baseline. Null if there is nothing to
 * compare.
 */
export function differencesChart(comparison: Comparison, title: string, layout: Layout = {}): TopLevelSpec | null {
  const rows = comparison.rows.filter(
    ({ baseline, method, unequal, cells }) =>
      baseline !== null && method !== 'head' && (unequal.size === 0 || cells.some(({ difference }) => difference)),
  );
  if (!rows.some(({ cells }) => cells.some(({ difference }) => difference !== null))) return null;
  const baselines = baselinesText(rows, comparison.rows);
  const shown = { ...comparison, rows };
  return dotPanels({
    ...layout,
    title,
    subtitle: `${sampleText(comparison)} Paired by seed. Dashed: ${baselines}.`,
    axis: `difference from ${baselines} (${unitsOf(comparison.tasks.map(({ metric }) => metric))})`,
    rows: rows.map(printedTitle),
    colouredAs: layout.colouredAs ?? comparison.rows.map(printedTitle),
    panels: panelsOf(shown, (row, cell) => ({
      row: printedTitle(row),
      bySeed: cell.differenceBySeed,
      summary: cell.difference,
    })).map((panel) => ({ ...panel, references: [0] })),
  });
}

function panelsOf({ tasks, rows }: Comparison, dot: (row: Row, cell: Cell) => Dot): Omit<Panel, 'references'>[] {
  return [
    ...tasks.map(({ task, metric }, i) => ({
      title: taskTitle(task),
      subtitle: metric.split(' or ').map(metricTitle).join(' or '),
      dots: rows.map((row) => dot(row, row.cells[i]!)),
    })),
    ...(tasks.length > 1 && alike(tasks.map(({ metric }) => metric))
      ? [{ title: 'Average', subtitle: `of ${tasks.length} tasks`, dots: rows.map((row) => dot(row, row.average)) }]
      : []),
  ];
}

/** The means of the baselines in the panel of this index, over the seeds that a row shares with its baseline. */
function baselineMeans({ tasks, rows }: Comparison, panel: number): number[] {
  const cells = rows.map((row) => (panel < tasks.length ? row.cells[panel]! : row.average));
  const means = cells.flatMap(({ score, difference }) =>
    score !== null && difference?.n === score.n ? [Number((score.mean - difference.mean).toFixed(6))] : [],
  );
  return distinct(means);
}

function sampleText({ results, rows }: Comparison): string {
  const unequal = rows.some((row) => row.unequal.size > 0) ? ' Unequal protocols: the table says which.' : '';
  return `${dataText(results)}${modelsText(results)}, ${seedsText(results)}. Filled: mean with 95 % t interval. Open: seeds.${unequal}`;
}
