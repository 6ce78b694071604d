import type { TopLevelSpec } from 'vega-lite';
import { ABREAST, panelGrid, type Layout, type PanelSpec } from '../../charts/grid.ts';
import { colours, QUIET, wrap } from '../../charts/style.ts';
import { dataText, modelsText, seedsText } from '../../charts/subtitle.ts';
import { taskTitle } from '../../names.ts';
import { cutOf, normDomain, normTicks, normValues, scoreValues, type ChartValue } from './chart-values.ts';
import type { ForgettingComparison } from './compare.ts';
import type { Kind } from './kinds.ts';

/**
 * Forgetting against the target's score, a panel for each kind and task: each seed's frontier thin, the mean over the
 * seeds bold, the target score dashed. Null without measurements.
 */
export function forgettingScoreChart(
  comparison: ForgettingComparison,
  title: string,
  layout: Layout = {},
): TopLevelSpec | null {
  return chart(comparison, layout, {
    title,
    subtitle:
      'Thin: each seed’s frontier, the least forgetting for a score. Bold: mean, where every seed has one. Dashed: the matched score.',
    ...{ field: 'score', axis: 'score on the selection split (points)' },
    values: (kind, task) => scoreValues(comparison, kind, task),
  });
}

/**
 * Forgetting against ‖ΔW‖ (log scale), a panel for each kind and task: a small point for each learning rate, epoch and
 * seed, the mean over the seeds of the isotonic curves bold. Null without measurements.
 */
export function forgettingNormChart(
  comparison: ForgettingComparison,
  title: string,
  layout: Layout = {},
): TopLevelSpec | null {
  return chart(comparison, layout, {
    title,
    subtitle:
      'Small points: learning rates, epochs and seeds. Bold: mean of the seeds’ isotonic curves, where every seed has one.',
    ...{ field: 'norm', axis: '‖ΔW‖ of the encoder (log scale)' },
    values: (kind, task) => normValues(comparison, kind, task),
  });
}

interface Axes {
  readonly title: string;
  readonly subtitle: string;
  readonly field: 'score' | 'norm';
  readonly axis: string;
  readonly values: (kind: Kind, task: string) => ChartValue[];
}

function chart(comparison: ForgettingComparison, { abreast, colouredAs }: Layout, axes: Axes): TopLevelSpec | null {
  const { kinds, tasks, rows, floors, results } = comparison;
  const all = colouredAs ?? [...floors, ...rows].map(({ title }) => title);
  const scheme = colours(
    rows.map(({ title }) => title),
    all,
  );
  const panels = kinds.flatMap((kind) =>
    tasks.flatMap(({ task }) => {
      const values = axes.values(kind, task);
      return values.length === 0 ? [] : [{ kind, task, values, cut: cutOf(values) }];
    }),
  );
  if (panels.length === 0) return null;
  const cut = panels.some((panel) => panel.cut !== null) ? ' A curve may go on above its panel.' : '';
  const wide = tasks.length === 1 ? kinds.length : Math.min(ABREAST, tasks.length);
  return panelGrid({
    title: axes.title,
    subtitle: `${dataText(results)}${modelsText(results)}, ${seedsText(results)}. ${axes.subtitle}${cut}`,
    abreast: abreast ?? Math.max(2, wide),
    panels: panels.map(({ kind, task, values, cut }) => ({ alone }) => ({
      title: {
        text: `${taskTitle(task)}: ${kind.what}`,
        subtitle: wrap(`${kind.measure}, after training on ${taskTitle(task)}`, 30),
      },
      data: { values: [...values] },
      width: alone ? 420 : 250,
      height: alone ? 280 : 210,
      layer: layersOf(axes, values, scheme, cut, `forgotten (${kind.unit})`, abreast === 1),
    })),
  });
}

type UnitPanel = Extract<PanelSpec, { layer: unknown }>;

function layersOf(
  { field, axis }: Axes,
  values: readonly ChartValue[],
  scheme: ReturnType<typeof colours>,
  cut: number | null,
  yTitle: string,
  narrow: boolean,
): UnitPanel['layer'] {
  const domain = field === 'norm' ? normDomain(values) : null;
  const x = {
    ...{ field, type: 'quantitative' as const },
    scale: domain === null ? { zero: false } : { type: 'log' as const, domain: [...domain], nice: false },
    axis: { title: axis, ...(domain === null ? { tickCount: 5 } : { values: normTicks(domain), format: '~g' }) },
  };
  const y = {
    ...{ field: 'forgotten', type: 'quantitative' as const },
    scale: { zero: true, ...(cut === null ? {} : { domainMax: cut, nice: false }) },
    axis: { title: yTitle, tickCount: 5 },
  };
  const legend = {
    ...{ title: null, symbolOpacity: 1, symbolType: 'circle' },
    ...(narrow ? { orient: 'bottom' as const, columns: 2 } : {}),
  };
  const color = { field: 'method', type: 'nominal' as const, scale: scheme, legend };
  const only = (kind: string) => [{ filter: `datum.kind === '${kind}'` }];
  const tip = (name: string, title: string, format?: string) => ({
    ...{ field: name, title, type: 'quantitative' as const },
    ...(format === undefined ? {} : { format }),
  });
  const encoding = { x, y, color };
  const tooltip = [
    { field: 'method', title: 'method', type: 'nominal' as const },
    tip(field, field === 'score' ? 'score' : '‖ΔW‖', '.4~g'),
    tip('forgotten', 'forgotten', '.4~g'),
  ];
  const seedTip = [...tooltip, tip('seed', 'seed'), tip('learningRate', 'learning rate', '~e'), tip('epoch', 'epoch')];
  return [
    {
      transform: only('target'),
      mark: { type: 'rule', color: QUIET, strokeDash: [4, 3], strokeWidth: 1 },
      encoding: { x },
    },
    ...(field === 'score'
      ? [
          {
            transform: only('seed'),
            mark: { type: 'line' as const, strokeWidth: 0.8, opacity: 1, strokeOpacity: 0.35, clip: true, aria: false },
            encoding: { ...encoding, detail: { field: 'seed', type: 'nominal' as const } },
          },
        ]
      : []),
    {
      // Points above the cut are left out, not clipped: resvg fails on a translucent group that is clipped to nothing.
      transform: [...only('seed'), ...(cut === null ? [] : [{ filter: `datum.forgotten <= ${cut}` }])],
      // Thousands of them: what is read aloud are the curves and the chart's table.
      mark: { type: 'point', filled: true, shape: 'circle', size: 12, opacity: 1, fillOpacity: 0.4, aria: false },
      encoding: { ...encoding, tooltip: seedTip },
    },
    {
      transform: only('mean'),
      mark: { type: 'line', strokeWidth: 2.8, opacity: 1, clip: true },
      encoding: { ...encoding, tooltip: [...tooltip, tip('n', 'seeds')] },
    },
  ];
}
