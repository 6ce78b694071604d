import type { Floor } from './floors.ts';

export interface SuiteReport {
  readonly suite: string;
  readonly floors: readonly Floor[];
}

const baselines = { majority: 'majority', bag: 'bag of words', second: 'second sentence only' } as const;

/** The table for people, in Markdown. */
export function suiteText({ suite, floors }: SuiteReport): string {
  const levels = [...new Set(floors.flatMap(({ byLevel }) => Object.keys(byLevel)))].sort();
  const header = ['task', 'split', 'metric x 100', 'baseline', 'all', ...levels];
  const rows = floors.map(({ task, split, metric, baseline, all, byLevel }) => [
    ...[task, split, metric.replaceAll('_', ' '), baselines[baseline], all.toFixed(1)],
    ...levels.map((level) => byLevel[level]?.toFixed(1) ?? ''),
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const alignment = header.map((_, i) => (i < 4 ? '---' : '--:'));
  return [
    `Floors of ${suite}, trained on train, scored on dev:`,
    '',
    line(header),
    line(alignment),
    ...rows.map(line),
  ].join('\n');
}
