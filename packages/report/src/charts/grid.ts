import type { TopLevelSpec } from 'vega-lite';
import { config, SCHEMA, wrap } from './style.ts';

export type PanelSpec = Extract<TopLevelSpec, { concat: unknown }>['concat'][number];

const ABREAST = 3;

/** Panels three abreast under one title. A panel is told whether it is the first of its line and whether it is alone. */
export function panelGrid(chart: {
  readonly title: string;
  readonly subtitle: string;
  readonly panels: readonly ((place: { first: boolean; alone: boolean }) => PanelSpec)[];
}): TopLevelSpec {
  const alone = chart.panels.length === 1;
  return {
    $schema: SCHEMA,
    title: { text: chart.title, subtitle: wrap(chart.subtitle, alone ? 60 : 92), fontSize: 16, offset: 16 },
    concat: chart.panels.map((panel, i) => panel({ first: i % ABREAST === 0, alone })),
    columns: ABREAST,
    align: 'each',
    spacing: { row: 26, column: 26 },
    config,
  };
}
