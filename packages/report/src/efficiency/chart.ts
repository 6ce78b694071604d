import type { TopLevelSpec } from 'vega-lite';
import { dotPanels } from '../charts/dots.ts';
import type { Layout } from '../charts/grid.ts';
import { dataText, modelsText, seedsText } from '../charts/subtitle.ts';
import { taskTitle } from '../names.ts';
import { average, summarize } from '../statistics/summary.ts';
import { gauges, type Costs } from './costs.ts';

/** A panel for each measure and task: every trial, the mean and its interval, LoRA's mean dashed. */
export function efficiencyChart(
  { comparison, tasks, results }: Costs,
  title: string,
  layout: Layout = {},
): TopLevelSpec {
  const shown = comparison.rows.filter((row) => tasks.some(({ rows }) => rows.some((own) => own.row === row)));
  const baselines = new Set(shown.flatMap(({ baseline }) => baseline ?? []));
  return dotPanels({
    ...{ ...layout, title, axis: 'cost' },
    subtitle:
      `${dataText(results)}${modelsText(results)}, ${seedsText(results)}. Filled: mean with 95 % t interval. Open: trials.` +
      (baselines.size === 1 ? ` Dashed: ${[...baselines][0]!}.` : ''),
    rows: shown.map((row) => row.title),
    colouredAs: layout.colouredAs ?? comparison.rows.map((row) => row.title),
    panels: tasks.flatMap(({ task, rows }) =>
      gauges.map(({ title: name, unit }, i) => ({
        ...{ title: name, subtitle: taskTitle(task), axis: unit },
        dots: rows.map(({ row, costs }) => ({
          row: row.title,
          bySeed: costs[i]!.bySeed,
          summary: summarize([...costs[i]!.bySeed.values()]),
        })),
        references: rows.flatMap(({ row, costs }) => {
          const values = [...costs[i]!.bySeed.values()];
          return baselines.size === 1 && baselines.has(row.title) && values.length > 0 ? [average(values)] : [];
        }),
      })),
    ),
  });
}
