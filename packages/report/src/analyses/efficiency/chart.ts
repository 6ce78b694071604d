import type { TopLevelSpec } from 'vega-lite';
import { dotPanels } from '../../charts/dots.ts';
import type { Layout } from '../../charts/grid.ts';
import { dataText, modelsText, seedsText } from '../../charts/subtitle.ts';
import { taskTitle } from '../../names.ts';
import { gauges, type Cost, type Costs } from './costs.ts';

/** A panel for each measure and task: every trial, the median as in the table, LoRA's median dashed. */
export function efficiencyChart(
  { comparison, tasks, results }: Costs,
  title: string,
  layout: Layout = {},
): TopLevelSpec {
  const shown = comparison.rows.filter((row) => tasks.some(({ rows }) => rows.some((own) => own.row === row)));
  const baselines = new Set(shown.flatMap(({ baseline }) => baseline ?? []));
  return dotPanels({
    ...{ ...layout, title, axis: 'cost', centre: 'median' as const },
    subtitle:
      `${dataText(results)}${modelsText(results)}, ${seedsText(results)}. Filled: median. Open: trials.` +
      (baselines.size === 1 ? ` Dashed: ${[...baselines][0]!}.` : ''),
    rows: shown.map((row) => row.title),
    colouredAs: layout.colouredAs ?? comparison.rows.map((row) => row.title),
    panels: tasks.flatMap(({ task, rows }) =>
      gauges.map(({ title: name, unit }, i) => ({
        ...{ title: name, subtitle: taskTitle(task), axis: unit },
        dots: rows.map(({ row, costs }) => ({
          row: row.title,
          bySeed: costs[i]!.bySeed,
          summary: centreOf(costs[i]!),
        })),
        references: rows.flatMap(({ row, costs }) =>
          baselines.size === 1 && baselines.has(row.title) ? (costs[i]!.median ?? []) : [],
        ),
      })),
    ),
  });
}

function centreOf({ bySeed, median }: Cost) {
  return median === null ? null : { n: bySeed.size, mean: median, interval: null };
}
