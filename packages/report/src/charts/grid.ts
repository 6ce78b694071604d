import type { TopLevelSpec } from 'vega-lite';
import { config, SCHEMA, wrap } from './style.ts';

export type PanelSpec = Extract<TopLevelSpec, { concat: unknown }>['concat'][number];

/** How a chart is laid out where it is not for paper alone. */
export interface Layout {
  /** Panels in a line; 3 when absent. */
  readonly abreast?: number | undefined;
  /** The rows of the chart that shares its colours with this one; its own when absent. */
  readonly colouredAs?: readonly string[] | undefined;
}

/** Panels side by side on paper and on wide screens. */
export const ABREAST = 3;

/** What a panel is told of its place: whether it begins a line, and whether it is alone and may be wide. */
export interface Place {
  readonly first: boolean;
  readonly alone: boolean;
}

/** Panels under one title, `abreast` of them (3 when absent) in a line. */
export function panelGrid(chart: {
  readonly title: string;
  readonly subtitle: string;
  readonly panels: readonly ((place: Place) => PanelSpec)[];
  readonly abreast?: number | undefined;
}): TopLevelSpec {
  const abreast = chart.abreast ?? ABREAST;
  const alone = chart.panels.length === 1 && abreast > 1;
  return {
    $schema: SCHEMA,
    description: `${chart.title}. ${chart.subtitle}`,
    title: { text: chart.title, subtitle: wrap(chart.subtitle, alone ? 60 : 92), fontSize: 16, offset: 16 },
    concat: chart.panels.map((panel, i) => panel({ first: i % abreast === 0, alone })),
    columns: abreast,
    align: 'each',
    spacing: { row: 26, column: 26 },
    config,
  };
}
