import { machineText, type Machine } from '../common/machine.ts';
import { median, pairedRatio, quantile, ratioText, type PairedRatio } from '../common/statistics.ts';
import { aligned, noteLines, round, settingsText } from '../common/table.ts';
import type { Timed } from '../step/interleave.ts';

export interface SweepKey {
  readonly task: string;
  readonly engine: 'compiled' | 'pytorch-peft';
  /** One-thread processes at once. */
  readonly processes: number;
  /** Sequences that all of them train on in one turn. */
  readonly sequences: number;
}

export interface SweepRow extends SweepKey {
  readonly perSecondMedian: number;
  /** First and third quartile. */
  readonly perSecondLow: number;
  readonly perSecondHigh: number;
}

/** How many times as many sequences a second. */
export interface SweepRatio extends PairedRatio {
  readonly task: string;
  readonly processes: number;
}

export interface SweepReport {
  readonly rows: readonly SweepRow[];
  readonly machine: Machine;
  /** Ours over PyTorch's, pair by pair. */
  readonly ratios: readonly SweepRatio[];
  readonly settings: Readonly<Record<string, number | string>>;
  readonly notes: readonly string[];
}

/** Turns are timed in milliseconds. */
export function sweepRows(timed: readonly Timed<SweepKey>[]): Pick<SweepReport, 'rows' | 'ratios'> {
  const rows = timed.map(({ key, times }): SweepRow => {
    const rates = times.map((ms) => (1000 * key.sequences) / ms);
    const [perSecondMedian, perSecondLow, perSecondHigh] = [
      median(rates),
      quantile(rates, 0.25),
      quantile(rates, 0.75),
    ].map((rate) => round(rate, 1)) as [number, number, number];
    return { ...key, perSecondMedian, perSecondLow, perSecondHigh };
  });
  const ratios = timed.flatMap(({ key, times }): SweepRatio[] => {
    const { task, processes } = key;
    const theirs = timed.find(
      (other) => other.key.engine !== 'compiled' && other.key.task === task && other.key.processes === processes,
    );
    return key.engine === 'compiled' && theirs ? [{ task, processes, ...pairedRatio(theirs.times, times) }] : [];
  });
  return { rows, ratios };
}

/** The report for people. */
export function sweepText({ rows, ratios, machine, settings, notes }: SweepReport): string {
  return [
    `Training sequences a second of one-thread processes: ${settingsText(settings)}`,
    machineText(machine),
    '',
    ...aligned([
      ['task', 'engine', 'processes', 'sequences/s', 'quartiles'],
      ...rows.map((row) => [
        ...[row.task, row.engine, row.processes, row.perSecondMedian].map(String),
        `${row.perSecondLow} to ${row.perSecondHigh}`,
      ]),
    ]),
    ...(ratios.length > 0 ? ['', 'Ours over PyTorch + PEFT, pair by pair: median [quartiles]'] : []),
    ...aligned(
      ratios.map((ratio) => [
        ratio.task,
        `${ratio.processes} ${ratio.processes === 1 ? 'process' : 'processes'}`,
        ratioText(ratio),
        `${ratio.pairs} pairs`,
      ]),
    ),
    ...noteLines(notes),
  ].join('\n');
}
