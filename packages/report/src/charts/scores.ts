import type { TopLevelSpec } from 'vega-lite';
import type { Cell, Comparison, Row } from '../comparison.ts';
import { distinct } from '../group.ts';
import { metricTitle, taskTitle } from '../names.ts';
import { printedTitle } from '../frozen.ts';
import { colours, config, INK, QUIET, SCHEMA, wrap } from './style.ts';
import { seedsText, modelsText } from './subtitle.ts';

const PANEL_WIDTH = 190;
const ROW_HEIGHT = 30;
const PANELS_ABREAST = 3;

/**
 * A panel for each task (and one for their average), a line for each method: the mean as a filled point on its 95 % t
 * interval, each seed as an open circle, the baseline's mean as a dashed rule.
 *
 * With two or three seeds an interval can be ten times wider than the seeds' spread. It is then cut at the panel's
 * border, without an end cap, so that the seeds stay readable; the spec's data keep the true ends.
 */
export function scoresChart(comparison: Comparison, title: string): TopLevelSpec {
  const panels = panelsOf(comparison);
  const values = panels.flatMap(({ name, cells }) => panelValues(name, cells));
  const titles = comparison.rows.map(printedTitle);
  const cut = values.some((value) => value['kind'] === 'mean' && (value['cutLow'] === true || value['cutHigh'] === true));
  const subtitle = [
    `${modelsText(comparison.results)}, ${seedsText(comparison.results)}. Filled: mean with 95 % t interval. Open: seeds.`,
    ...(comparison.rows.some(({ baseline }) => baseline !== null) ? [`Dashed: ${baselineTitles(comparison)}.`] : []),
    ...(cut ? ['An interval without an end cap goes on beyond its panel.'] : []),
  ].join(' ');
  const y = { field: 'method', type: 'nominal', sort: titles, title: null } as const;
  const color = { field: 'method', type: 'nominal', scale: colours(titles), legend: null } as const;
  const x = { field: 'score', type: 'quantitative', scale: { zero: false }, title: 'points' } as const;
  const only = (condition: string) => [{ filter: condition }];
  return {
    $schema: SCHEMA,
    title: { text: title, subtitle: wrap(subtitle, panels.length === 1 ? 60 : 92) },
    data: { values },
    facet: { field: 'panel', type: 'nominal', sort: panels.map(({ name }) => name), title: null },
    columns: PANELS_ABREAST,
    spacing: { row: 24, column: 22 },
    spec: {
      width: panels.length === 1 ? 2 * PANEL_WIDTH : PANEL_WIDTH,
      height: { step: ROW_HEIGHT },
      layer: [
        {
          transform: only("datum.kind === 'baseline'"),
          mark: { type: 'rule', color: QUIET, strokeDash: [4, 3], strokeWidth: 1 },
          encoding: { x },
        },
        {
          transform: only("datum.kind === 'mean' && isValid(datum.low)"),
          mark: { type: 'rule', strokeWidth: 2 },
          encoding: { x: { ...x, field: 'drawnLow' }, x2: { field: 'drawnHigh' }, y, color },
        },
        {
          transform: only("datum.kind === 'mean' && isValid(datum.low) && !datum.cutLow"),
          mark: { type: 'tick', size: 9, thickness: 2 },
          encoding: { x: { ...x, field: 'drawnLow' }, y, color },
        },
        {
          transform: only("datum.kind === 'mean' && isValid(datum.low) && !datum.cutHigh"),
          mark: { type: 'tick', size: 9, thickness: 2 },
          encoding: { x: { ...x, field: 'drawnHigh' }, y, color },
        },
        {
          transform: only("datum.kind === 'mean'"),
          mark: { type: 'point', filled: true, size: 95, opacity: 1 },
          encoding: { x, y, color },
        },
        {
          transform: only("datum.kind === 'seed'"),
          mark: { type: 'point', filled: true, fill: '#ffffff', fillOpacity: 0.75, stroke: INK, strokeWidth: 1, size: 26 },
          encoding: { x, y },
        },
      ],
    },
    resolve: { scale: { x: 'independent' } },
    config,
  };
}

interface Panel {
  readonly name: string;
  readonly cells: readonly { readonly row: Row; readonly cell: Cell; readonly baseline: number | null }[];
}

function panelsOf({ tasks, rows }: Comparison): Panel[] {
  const panel = (name: string, of: (row: Row) => Cell): Panel => ({
    name,
    cells: rows.map((row) => ({ row, cell: of(row), baseline: baselineScore(of(row)) })),
  });
  return [
    ...tasks.map(({ task, metric }, i) => panel(`${taskTitle(task)}, ${metricTitle(metric)}`, (row) => row.cells[i]!)),
    ...(tasks.length > 1 ? [panel(`Average of ${tasks.length} tasks`, (row) => row.average)] : []),
  ];
}

/** The baseline's mean over the cell's paired seeds, if these are all of the cell's: mean minus mean difference. */
function baselineScore({ score, difference }: Cell): number | null {
  return score !== null && difference?.n === score.n ? score.mean - difference.mean : null;
}

function baselineTitles({ rows }: Comparison): string {
  return distinct(rows.flatMap(({ baseline }) => (baseline === null ? [] : [baseline]))).join(', ');
}

/** How far beyond the seeds a panel reaches, as a share of their range. */
const MARGIN = 0.6;

function panelValues(panel: string, cells: Panel['cells']): Record<string, string | number | boolean | null>[] {
  const seeds = cells.flatMap(({ cell }) => [...cell.bySeed.values()]);
  if (seeds.length === 0) return [];
  const [low, high] = [Math.min(...seeds), Math.max(...seeds)];
  const margin = MARGIN * (high - low) || 1;
  const [floor, ceiling] = [low - margin, high + margin];

  const drawn = cells.flatMap(({ row, cell }) => {
    const { score } = cell;
    if (score === null) return [];
    const method = printedTitle(row);
    const [from, to] = score.interval ?? [null, null];
    const mean = {
      ...{ kind: 'mean', panel, method, score: score.mean, n: score.n, low: from, high: to },
      ...(from === null ? {} : { drawnLow: Math.max(from, floor), cutLow: from < floor }),
      ...(to === null ? {} : { drawnHigh: Math.min(to, ceiling), cutHigh: to > ceiling }),
    };
    return [mean, ...[...cell.bySeed].map(([seed, value]) => ({ kind: 'seed', panel, method, seed, score: value }))];
  });
  const baselines = distinct(cells.flatMap(({ baseline }) => (baseline === null ? [] : [Number(baseline.toFixed(9))])));
  return [...drawn, ...baselines.map((score) => ({ kind: 'baseline', panel, score }))];
}
