import type { TopLevelSpec } from 'vega-lite';
import type { DataTable } from './data-table.ts';

type Datum = Readonly<Record<string, string | number | boolean | null>>;

const TITLES: Readonly<Record<string, string>> = {
  row: 'Row',
  method: 'Method',
  kind: 'What',
  seed: 'Seed',
  learningRate: 'Learning rate',
  epoch: 'Epoch',
  value: 'Value',
  score: 'Score',
  norm: '‖ΔW‖',
  forgotten: 'Forgotten',
  n: 'Seeds',
  low: '95 % interval from',
  high: 'to',
  best: 'Best',
};

/** Everything that a chart shows, as a table: a line for each datum of each panel, in the panels' order. */
export function chartData(spec: TopLevelSpec, caption: string): DataTable {
  const panels = panelsOf(spec);
  const keys = Object.keys(TITLES).filter((key) => panels.some(({ values }) => values.some((datum) => key in datum)));
  const numeric = (key: string) => panels.some(({ values }) => values.some((datum) => typeof datum[key] === 'number'));
  return {
    caption,
    columns: [
      { title: 'Panel', align: 'left' },
      ...keys.map((key) => ({ title: TITLES[key]!, align: numeric(key) ? ('right' as const) : ('left' as const) })),
    ],
    rows: panels.flatMap(({ title, values }) => values.map((datum) => [title, ...keys.map((key) => show(key, datum))])),
  };
}

/** The panels of a `concat`, whose data stand in the specification. */
function panelsOf(spec: TopLevelSpec): { title: string; values: readonly Datum[] }[] {
  const panels = 'concat' in spec ? (spec.concat as readonly unknown[]) : [spec];
  return (panels as { title?: { text?: string } | string; data?: { values?: readonly Datum[] } }[]).map((panel) => ({
    title: typeof panel.title === 'string' ? panel.title : (panel.title?.text ?? ''),
    values: panel.data?.values ?? [],
  }));
}

function show(key: string, datum: Datum): string {
  const value = datum[key];
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : '';
  if (typeof value === 'string') return value;
  if (key === 'learningRate') return value.toExponential();
  return (['seed', 'n', 'epoch'].includes(key) ? String(value) : value.toFixed(3)).replace('-', '−');
}
