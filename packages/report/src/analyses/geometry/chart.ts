import { average } from '@lomap/statistics';
import type { TopLevelSpec } from 'vega-lite';
import { panelGrid, type Layout, type PanelSpec } from '../../charts/grid.ts';
import { linePanels, type LinePoint } from '../../charts/lines.ts';
import { logDomain, logTicks } from '../../charts/log-axis.ts';
import { GREY, OKABE_ITO } from '../../charts/style.ts';
import { dataText, modelsText, seedsText } from '../../charts/subtitle.ts';
import { groupBy } from '../../group.ts';
import type { GeometryComparison, GeometryRow } from './measured.ts';
import { followed, moments } from './training.ts';

interface Dot {
  readonly kind: 'trained' | 'random';
  readonly checkpoint: string;
  readonly matrix: string;
  readonly direction: number;
  readonly magnitude: number;
}

/**
 * ΔM against ΔD (both log scales), a panel for each method and one for random updates of several sizes: a point for each
 * matrix and checkpoint, the mean over seeds and tasks; grey: random updates of the same ‖ΔW‖.
 */
export function geometryChart(geometry: GeometryComparison, title: string, layout: Layout = {}): TopLevelSpec {
  const panels = [
    ...geometry.rows.map((own) => ({ name: own.row.title, subtitle: 'grey: random, same ‖ΔW‖', dots: dotsOf(own) })),
    ...(geometry.sizes.length === 0
      ? []
      : [
          {
            name: `Random rank-${geometry.rank} updates`,
            subtitle:
              geometry.sizes.map(({ share }) => `${Number((100 * share).toPrecision(6))} %`).join(', ') + ' of ‖W‖',
            dots: randomDots(geometry),
          },
        ]),
  ];
  const checkpoints = [...new Set(panels.flatMap(({ dots }) => dots.map(({ checkpoint }) => checkpoint)))]
    .filter((name) => name !== '')
    .sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b));
  const shown = panels.flatMap(({ dots }) => dots.filter(hasPlace));
  const domains = {
    direction: logDomain(shown.map(({ direction }) => direction)),
    magnitude: logDomain(shown.map(({ magnitude }) => magnitude)),
  };
  return panelGrid({
    ...{ title, abreast: layout.abreast },
    subtitle: `${sample(geometry)} A point is a matrix at a checkpoint (colour: steps done), the mean over seeds${
      geometry.comparison.tasks.length > 1 ? ' and tasks' : ''
    }. Grey: random updates.`,
    panels: panels.map(
      ({ name, subtitle, dots }) =>
        ({ alone }) =>
          scatter({ name, subtitle, dots, checkpoints, domains }, alone, layout.abreast === 1),
    ),
  });
}

/** ‖ΔW‖ / ‖W‖, α and β over training, a line a method. */
export function geometryTrainingChart(geometry: GeometryComparison, title: string, layout: Layout = {}): TopLevelSpec {
  const all = moments(geometry);
  const panels = followed.flatMap((own, i) => {
    const points = all.flatMap(({ title: series, share, values }): LinePoint[] => {
      const { summary, bySeed } = values[i]!;
      return summary === null ? [] : [{ series, x: 100 * share, summary, bySeed }];
    });
    const scale = own.key === 'alpha_change' || own.key === 'beta' ? ('linear' as const) : ('log' as const);
    return points.length === 0
      ? []
      : [
          {
            ...{ title: own.title, subtitle: 'mean over the adapted matrices', points },
            ...{ x: { title: 'steps done (%)' }, y: { title: own.title, scale } },
          },
        ];
  });
  return linePanels({
    ...{ ...layout, title, series: geometry.rows.map(({ row }) => row.title), panels },
    colouredAs: layout.colouredAs ?? geometry.comparison.rows.map((row) => row.title),
    subtitle: `${sample(geometry)} Lines: means with 95 % t intervals. Small points: seeds.`,
  });
}

function dotsOf({ results }: GeometryRow): Dot[] {
  const points = results.flatMap(({ trial }) =>
    trial.geometry.points.map((point) => ({
      point,
      checkpoint: `${Math.round((100 * point.step) / trial.steps)} %`,
    })),
  );
  return [...groupBy(points, ({ point, checkpoint }) => JSON.stringify([point.path, checkpoint])).values()].flatMap(
    (own) => {
      const mean = (of: (point: (typeof own)[number]['point']) => number) => average(own.map(({ point }) => of(point)));
      const { checkpoint, point } = own[0]!;
      const at = { checkpoint, matrix: point.path };
      return [
        {
          ...at,
          kind: 'random',
          direction: mean((p) => p.random.direction),
          magnitude: mean((p) => p.random.magnitude),
        },
        { ...at, kind: 'trained', direction: mean((p) => p.direction), magnitude: mean((p) => p.magnitude) },
      ] as const;
    },
  );
}

function randomDots({ results }: GeometryComparison): Dot[] {
  const seen = groupBy(
    results.flatMap(({ trial }) => trial.geometry.random),
    ({ path, share }) => JSON.stringify([path, share]),
  );
  return [...seen.values()].map((own) => ({
    ...{ kind: 'random', checkpoint: '', matrix: own[0]!.path },
    direction: average(own.map(({ direction }) => direction)),
    magnitude: average(own.map(({ magnitude }) => magnitude)),
  }));
}

/** Whether a log scale has a place for a point: an update of size 0 turns nothing. */
function hasPlace({ direction, magnitude }: Dot): boolean {
  return direction > 0 && magnitude > 0;
}

interface ScatterPanel {
  readonly name: string;
  readonly subtitle: string;
  readonly dots: readonly Dot[];
  readonly checkpoints: readonly string[];
  /** Of all panels, so that they can be compared. */
  readonly domains: Readonly<Record<'direction' | 'magnitude', [number, number]>>;
}

function scatter(panel: ScatterPanel, alone: boolean, narrow: boolean): PanelSpec {
  const { name: title, subtitle, dots, checkpoints, domains } = panel;
  const shown = dots.filter(hasPlace);
  const axis = (field: 'direction' | 'magnitude', name: string) => ({
    ...{ field, type: 'quantitative' as const, scale: { type: 'log' as const, domain: domains[field], nice: false } },
    axis: { title: `${name} (log scale)`, format: '~e', values: logTicks(domains[field]) },
  });
  const [x, y] = [axis('direction', 'ΔD'), axis('magnitude', 'ΔM')];
  const tooltip = [
    { field: 'matrix', title: 'matrix', type: 'nominal' as const },
    { field: 'checkpoint', title: 'steps done', type: 'nominal' as const },
    { field: 'direction', title: 'ΔD', type: 'quantitative' as const, format: '.3~g' },
    { field: 'magnitude', title: 'ΔM', type: 'quantitative' as const, format: '.3~g' },
  ];
  return {
    title: { text: title, subtitle },
    data: { values: shown },
    width: alone ? 400 : 220,
    height: alone ? 300 : 200,
    layer: [
      {
        transform: [{ filter: "datum.kind === 'random'" }],
        mark: { type: 'point', filled: true, shape: 'circle', size: 18, opacity: 1, color: GREY, aria: false },
        encoding: { x, y, tooltip },
      },
      {
        transform: [{ filter: "datum.kind === 'trained'" }],
        mark: { type: 'point', filled: true, shape: 'circle', size: 26, opacity: 1, aria: false },
        encoding: {
          ...{ x, y, tooltip },
          color: {
            ...{ field: 'checkpoint', type: 'nominal' as const },
            scale: { domain: [...checkpoints], range: checkpoints.map((_, i) => OKABE_ITO[i % OKABE_ITO.length]!) },
            legend: { title: 'steps done', ...(narrow ? { orient: 'bottom' as const, columns: 5 } : {}) },
          },
        },
      },
    ],
  };
}

function sample({ results }: GeometryComparison): string {
  return `${dataText(results)}${modelsText(results)}, ${seedsText(results)}.`;
}
