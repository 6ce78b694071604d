import { machineText, type Machine } from '../common/machine.ts';
import type { MethodName } from '../common/methods.ts';
import { median, pairedRatio, ratioText, type PairedRatio } from '../common/statistics.ts';
import { aligned, noteLines, round, settingsText } from '../common/table.ts';
import type { Timed } from '../step/interleave.ts';
import { baseCase, dimensions, type Dimension } from './cases.ts';

/** The case that differs from the base case in one dimension, with a method on one side. */
export interface GrowthKey {
  readonly dimension: Dimension;
  readonly value: number;
  readonly method: MethodName;
  readonly engine: 'compiled' | 'pytorch-peft';
  readonly threads: number;
  /** Trained parameters. */
  readonly parameters: number;
}

export interface GrowthRow extends GrowthKey {
  readonly msMedian: number;
  readonly msMin: number;
  readonly runs: number;
}

/** How many times longer than the same side's step of the base case, over the rounds. */
export interface Growth extends PairedRatio, Pick<GrowthKey, 'dimension' | 'value' | 'method' | 'engine'> {}

/** How many times longer PyTorch's step takes than ours, over the rounds. */
export interface GrowthRatio extends PairedRatio, Pick<GrowthKey, 'dimension' | 'value' | 'method'> {}

export interface GrowthReport {
  readonly rows: readonly GrowthRow[];
  readonly machine: Machine;
  readonly growth: readonly Growth[];
  readonly ratios: readonly GrowthRatio[];
  /** The base case among them. */
  readonly settings: Readonly<Record<string, number | string>>;
  readonly notes: readonly string[];
}

/** Ratios are of cases of one method and dimension, which ran in the same rounds. */
export function growthRows(timed: readonly Timed<GrowthKey>[]): Pick<GrowthReport, 'rows' | 'growth' | 'ratios'> {
  const find = (like: Pick<GrowthKey, 'dimension' | 'method' | 'value' | 'engine'>): Timed<GrowthKey> | undefined =>
    timed.find(({ key }) =>
      (['dimension', 'method', 'value', 'engine'] as const).every((name) => key[name] === like[name]),
    );
  const rows = timed.map(({ key, times }): GrowthRow => {
    return { ...key, msMedian: round(median(times)), msMin: round(Math.min(...times)), runs: times.length };
  });
  const growth = timed.flatMap(({ key, times }): Growth[] => {
    const { dimension, value, method, engine } = key;
    const base = find({ ...key, value: baseCase[dimension] });
    if (!base || base.key === key) return [];
    return [{ dimension, value, method, engine, ...pairedRatio(times, base.times) }];
  });
  const ratios = timed.flatMap(({ key, times }): GrowthRatio[] => {
    const { dimension, value, method } = key;
    const ours = key.engine === 'compiled' ? undefined : find({ ...key, engine: 'compiled' });
    return ours ? [{ dimension, value, method, ...pairedRatio(times, ours.times) }] : [];
  });
  return { rows, growth, ratios };
}

/** The report for people: a table for each method and dimension. */
export function growthText(report: GrowthReport): string {
  const { rows, machine, settings, notes } = report;
  const methods = [...new Set(rows.map(({ method }) => method))];
  return [
    `Training step as it grows from the base case: ${settingsText(settings)}`,
    machineText(machine),
    'Ratios are pair by pair in the same round: median [quartiles].',
    ...methods.flatMap((method) => dimensions.flatMap((dimension) => tableOf(report, method, dimension))),
    ...noteLines(notes),
  ].join('\n');
}

function tableOf({ rows, growth, ratios }: GrowthReport, method: MethodName, dimension: Dimension): string[] {
  const own = rows.filter((row) => row.method === method && row.dimension === dimension);
  if (own.length === 0) return [];
  const engines = [...new Set(own.map(({ engine }) => engine))];
  const values = [...new Set(own.map(({ value }) => value))];
  const among = <T extends GrowthRatio>(all: readonly T[], value: number): T[] =>
    all.filter((one) => one.method === method && one.dimension === dimension && one.value === value);
  const cells = (value: number): string[] => {
    const ratio = among(ratios, value)[0];
    return [
      String(value),
      ...engines.flatMap((engine) => {
        const over = among(growth, value).find((one) => one.engine === engine);
        const ms = own.find((row) => row.value === value && row.engine === engine)?.msMedian;
        return [String(ms ?? ''), over ? ratioText(over) : 'base'];
      }),
      ...(ratio ? [ratioText(ratio)] : []),
    ];
  };
  const both = engines.length > 1;
  return [
    '',
    method,
    ...aligned([
      [dimension, ...engines.flatMap((engine) => [`${engine} ms`, 'over base']), ...(both ? ['PyTorch / ours'] : [])],
      ...values.map(cells),
    ]),
  ];
}
