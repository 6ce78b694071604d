import type { TopLevelSpec } from 'vega-lite';
import { dotPanels } from '../../charts/dots.ts';
import { panelGrid, type Layout, type PanelSpec, type Place } from '../../charts/grid.ts';
import { GREY, OKABE_ITO } from '../../charts/style.ts';
import { dataText, modelsText, seedsText } from '../../charts/subtitle.ts';
import type { Cell, Comparison, Row } from '../../comparison.ts';
import { printedTitle } from '../../frozen.ts';
import { metricTitle, taskTitle } from '../../names.ts';
import { MAGNITUDE, type Coupling } from './couplings.ts';
import { updateTitle } from './table.ts';
import { unitsOf } from '../../readings.ts';

const PLAIN = 'plain';
const WITH_MAP = 'with MAP';

/** Dumbbells: for each update the mean plain and with MAP joined by a line, a panel for each task and their average. */
export function couplingChart(coupling: Coupling, title: string, layout: Layout = {}): TopLevelSpec {
  const { comparison } = coupling;
  return panelGrid({
    ...{ title, abreast: layout.abreast },
    subtitle: `${sample(comparison)} Means of the seeds; the line joins an update plain and with MAP.`,
    panels: panelsOf(comparison).map(
      ({ name, subtitle, of }) =>
        (place) =>
          dumbbells(coupling, name, subtitle, of, place, layout.abreast === 1),
    ),
  });
}

/** The paired differences from the plain update: each seed, the mean and its interval. */
export function couplingDifferencesChart(coupling: Coupling, title: string, layout: Layout = {}): TopLevelSpec {
  const { comparison, map, magnitude } = coupling;
  const rows = [...map.rows, ...(magnitude?.rows ?? [])];
  return dotPanels({
    ...{
      ...layout,
      title,
      axis: `difference from the plain update (${unitsOf(comparison.tasks.map(({ metric }) => metric))})`,
    },
    subtitle: `${sample(comparison)} Filled: mean with 95 % t interval. Open: seeds, paired. Dashed: the same update plain.`,
    rows: rows.map(printedTitle),
    panels: panelsOf(comparison).map(({ name, subtitle, of }) => ({
      ...{ title: name, subtitle, references: [0] },
      dots: rows.map((row) => ({
        row: printedTitle(row),
        bySeed: of(row).differenceBySeed,
        summary: of(row).difference,
      })),
    })),
  });
}

function panelsOf({ tasks }: Comparison): { name: string; subtitle: string; of: (row: Row) => Cell }[] {
  return [
    ...tasks.map(({ task, metric }, i) => ({
      ...{ name: taskTitle(task), subtitle: metricTitle(metric) },
      of: (row: Row) => row.cells[i]!,
    })),
    ...(tasks.length > 1
      ? [{ name: 'Average', subtitle: `of ${tasks.length} tasks`, of: (row: Row) => row.average }]
      : []),
  ];
}

function dumbbells(
  { updates, comparison: { tasks } }: Coupling,
  title: string,
  subtitle: string,
  of: (row: Row) => Cell,
  place: Place,
  narrow: boolean,
): PanelSpec {
  const mean = (row: Row | null) => (row === null ? null : (of(row).score?.mean ?? null));
  const lines = updates.flatMap((own) =>
    own.map.map((row) => ({
      row: own.map.length === 1 ? updateTitle(own) : `${updateTitle(own)}: ${row.title}`,
      ...{ plain: mean(own.plain), map: mean(row), magnitude: mean(own.magnitude) },
    })),
  );
  const points = lines.flatMap(({ row, plain, map, magnitude }) =>
    (
      [
        [PLAIN, plain],
        [`with ${MAGNITUDE}`, magnitude],
        [WITH_MAP, map],
      ] as const
    ).flatMap(([composition, value]) => (value === null ? [] : [{ kind: 'mean', row, composition, value }])),
  );
  const spans = lines.flatMap(({ row, plain, map }) =>
    plain === null || map === null ? [] : [{ kind: 'span', row, value: plain, to: map }],
  );
  const compositions = [PLAIN, `with ${MAGNITUDE}`, WITH_MAP];
  const x = {
    ...{ field: 'value', type: 'quantitative' as const, scale: { zero: false } },
    axis: { title: `score on dev (${unitsOf(tasks.map(({ metric }) => metric))})`, tickCount: place.alone ? 8 : 4 },
  };
  const y = {
    ...{ field: 'row', type: 'nominal' as const, scale: { domain: lines.map(({ row }) => row) } },
    axis: place.first ? { title: null, domain: false, ticks: false, labelPadding: 8 } : null,
  };
  const legend = { title: null, ...(narrow ? { orient: 'bottom' as const, columns: 1 } : {}) };
  return {
    title: { text: title, subtitle },
    data: { values: [...spans, ...points] },
    width: place.alone ? 420 : 210,
    height: { step: 24 },
    layer: [
      {
        transform: [{ filter: "datum.kind === 'span'" }],
        mark: { type: 'rule', strokeWidth: 2, color: GREY },
        encoding: { x, x2: { field: 'to' }, y },
      },
      {
        transform: [{ filter: "datum.kind === 'mean'" }],
        mark: { type: 'point', filled: true, size: 80, opacity: 1 },
        encoding: {
          ...{ x, y },
          color: {
            ...{ field: 'composition', type: 'nominal' as const, legend },
            scale: { domain: compositions, range: [GREY, OKABE_ITO[1]!, OKABE_ITO[2]!] },
          },
          shape: {
            ...{ field: 'composition', type: 'nominal' as const, legend },
            scale: { domain: compositions, range: ['circle', 'diamond', 'square'] },
          },
          tooltip: [
            { field: 'row', title: 'update', type: 'nominal' as const },
            { field: 'composition', title: 'composition', type: 'nominal' as const },
            { field: 'value', title: 'mean', type: 'quantitative' as const, format: '.2f' },
          ],
        },
      },
    ],
  };
}

function sample({ results }: Comparison): string {
  return `${dataText(results)}${modelsText(results)}, ${seedsText(results)}.`;
}
