import { machineText, type Machine } from '../common/machine.ts';
import { median, pairedRatio, quantile, ratioText, type PairedRatio } from '../common/statistics.ts';
import { aligned, noteLines, round, settingsText } from '../common/table.ts';
import type { Timed } from '../step/interleave.ts';

export interface SweepKey {
  readonly task: string;
  readonly engine: 'compiled' | 'pytorch-peft';
  /** Of the whole task. */
  readonly trainingRows: number;
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
  /** What an epoch of one trial costs at that median: with several processes, their time by their number. */
  readonly secondsAnEpoch: number;
}

/** How many times as many sequences a second. */
export interface SweepRatio extends PairedRatio {
  readonly task: string;
  readonly processes: number;
}

/** How many times as many sequences a second as with the fewest processes of the same side. */
export interface SweepGain extends PairedRatio, Pick<SweepKey, 'task' | 'engine' | 'processes'> {
  readonly than: number;
}

export interface SweepReport {
  readonly rows: readonly SweepRow[];
  readonly machine: Machine;
  /** Ours over PyTorch's, pair by pair. */
  readonly ratios: readonly SweepRatio[];
  readonly gains: readonly SweepGain[];
  readonly settings: Readonly<Record<string, number | string>>;
  readonly notes: readonly string[];
}

/** Turns are timed in milliseconds. */
export function sweepRows(timed: readonly Timed<SweepKey>[]): Pick<SweepReport, 'rows' | 'ratios' | 'gains'> {
  const rows = timed.map(({ key, times }): SweepRow => {
    const rates = times.map((ms) => (1000 * key.sequences) / ms);
    const [perSecondMedian, perSecondLow, perSecondHigh] = [
      median(rates),
      quantile(rates, 0.25),
      quantile(rates, 0.75),
    ].map((rate) => round(rate, 1)) as [number, number, number];
    const secondsAnEpoch = round(key.trainingRows / median(rates), 1);
    return { ...key, perSecondMedian, perSecondLow, perSecondHigh, secondsAnEpoch };
  });
  const ratios = timed.flatMap(({ key, times }): SweepRatio[] => {
    const { task, processes } = key;
    const theirs = timed.find(
      (other) => other.key.engine !== 'compiled' && other.key.task === task && other.key.processes === processes,
    );
    return key.engine === 'compiled' && theirs ? [{ task, processes, ...pairedRatio(theirs.times, times) }] : [];
  });
  return { rows, ratios, gains: timed.flatMap((one) => gainOf(one, timed)) };
}

function gainOf({ key, times }: Timed<SweepKey>, timed: readonly Timed<SweepKey>[]): SweepGain[] {
  const { task, engine, processes } = key;
  const own = timed.filter((other) => other.key.task === task && other.key.engine === engine);
  const fewest = own.reduce((a, b) => (b.key.processes < a.key.processes ? b : a));
  if (fewest.key.processes === processes) return [];
  const perSequence = (one: Timed<SweepKey>): number[] => one.times.map((ms) => ms / one.key.sequences);
  const than = fewest.key.processes;
  return [{ task, engine, processes, than, ...pairedRatio(perSequence(fewest), perSequence({ key, times })) }];
}

/** The report for people. */
export function sweepText({ rows, ratios, gains, machine, settings, notes }: SweepReport): string {
  return [
    `Training sequences a second of one-thread processes: ${settingsText(settings)}`,
    machineText(machine),
    '',
    ...aligned([
      ['task', 'engine', 'processes', 'sequences/s', 'quartiles', 's/epoch'],
      ...rows.map((row) => [
        ...[row.task, row.engine, row.processes, row.perSecondMedian].map(String),
        `${row.perSecondLow} to ${row.perSecondHigh}`,
        String(row.secondsAnEpoch),
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
    ...(gains.length > 0 ? ['', 'Sequences a second over those of fewer processes, pair by pair'] : []),
    ...aligned(
      gains.map((gain) => [
        gain.task,
        gain.engine,
        `${gain.processes} over ${gain.than}`,
        ratioText(gain),
        `${gain.pairs} pairs`,
      ]),
    ),
    ...noteLines(notes),
  ].join('\n');
}
