import type { Machine } from '../common/machine.ts';
import type { MethodName } from '../common/methods.ts';
import { machineText } from '../common/machine.ts';
import { median, pairedRatio, ratioText, type PairedRatio } from '../common/statistics.ts';
import { aligned, noteLines, round, settingsText } from '../common/table.ts';
import type { Timed } from './interleave.ts';

/** Which engine and method a row is about. */
export interface RowKey {
  /** `compiled`, `floor`, `tfjs-<backend>` or a peer. */
  readonly engine: string;
  readonly method: MethodName;
  readonly threads: number;
}

export interface Row extends RowKey {
  readonly msMedian: number;
  readonly msMin: number;
  readonly runs: number;
}

/** How many times longer one row takes than another, over the rounds that both ran in. */
export interface Ratio extends PairedRatio {
  readonly of: string;
  readonly to: string;
}

export interface StepReport {
  readonly rows: readonly Row[];
  readonly machine: Machine;
  readonly ratios: readonly Ratio[];
  readonly settings: Readonly<Record<string, number | string>>;
  readonly notes: readonly string[];
}

export function rowsOf(timed: readonly Timed<RowKey>[]): Row[] {
  return timed.map(({ key, times }) => ({
    ...key,
    msMedian: round(median(times)),
    msMin: round(Math.min(...times)),
    runs: times.length,
  }));
}

/** Our compiled engine to its floor and every peer to our compiled engine, by method; then our methods to LoRA. */
export function ratiosOf(timed: readonly Timed<RowKey>[]): Ratio[] {
  const name = ({ engine, method }: RowKey): string => `${engine} ${method}`;
  const compiled = (method: MethodName) =>
    timed.find(({ key }) => key.engine === 'compiled' && key.method === method) ?? null;
  const ratio = (a: Timed<RowKey>, b: Timed<RowKey> | null): Ratio[] =>
    b === null || a === b ? [] : [{ of: name(a.key), to: name(b.key), ...pairedRatio(a.times, b.times) }];
  const toOurs = (other: Timed<RowKey>): Ratio[] => {
    const own = compiled(other.key.method);
    if (other.key.engine === 'floor') return own ? ratio(own, other) : [];
    return other.key.engine === 'compiled' ? [] : ratio(other, own);
  };
  return [
    ...timed.flatMap(toOurs),
    ...timed.flatMap((own) => (own.key.engine === 'compiled' ? ratio(own, compiled('lora')) : [])),
  ];
}

/** The report for people. */
export function reportText({ rows, ratios, machine, settings, notes }: StepReport): string {
  const table = [
    ['engine', 'method', 'threads', 'ms median', 'ms min', 'runs'],
    ...rows.map((row) => [row.engine, row.method, row.threads, row.msMedian, row.msMin, row.runs].map(String)),
  ];
  return [
    `Training step: ${settingsText(settings)}`,
    machineText(machine),
    '',
    ...aligned(table),
    '',
    'Ratio of times, pair by pair in the same round: median [quartiles]',
    ...aligned(ratios.map((ratio) => [`${ratio.of} / ${ratio.to}`, ratioText(ratio), `${ratio.pairs} pairs`])),
    ...noteLines(notes),
  ].join('\n');
}
