import { machineText, type Machine } from '../common/machine.ts';
import { median, pairedRatio, quantile, ratioText, type PairedRatio } from '../common/statistics.ts';
import { aligned, noteLines, round, settingsText } from '../common/table.ts';
import { phases, type Start } from './protocol.ts';

export interface StartupRow {
  readonly phase: keyof Start;
  readonly cache: 'empty' | 'filled';
  readonly msMedian: number;
  /** First and third quartile. */
  readonly msLow: number;
  readonly msHigh: number;
}

export interface StartupReport {
  readonly rows: readonly StartupRow[];
  readonly machine: Machine;
  /** Time with an empty cache over time with a filled one, pair by pair. */
  readonly ratios: Readonly<Record<'compile' | 'total', PairedRatio>>;
  readonly settings: Readonly<Record<string, number | string>>;
  readonly notes: readonly string[];
}

/** Start i of `filled` came right after start i of `empty`, on its cache. */
export function startupRows(empty: readonly Start[], filled: readonly Start[]): Pick<StartupReport, 'rows' | 'ratios'> {
  const rows = (['empty', 'filled'] as const).flatMap((cache) =>
    [...phases, 'total' as const].map((phase) => {
      const times = (cache === 'empty' ? empty : filled).map((start) => start[phase]);
      const [msMedian, msLow, msHigh] = [median(times), quantile(times, 0.25), quantile(times, 0.75)].map((ms) =>
        round(ms, 0),
      ) as [number, number, number];
      return { phase, cache, msMedian, msLow, msHigh };
    }),
  );
  const ratio = (phase: keyof Start): PairedRatio =>
    pairedRatio(
      empty.map((start) => start[phase]),
      filled.map((start) => start[phase]),
    );
  return { rows, ratios: { compile: ratio('compile'), total: ratio('total') } };
}

/** The report for people. */
export function startupText({ rows, ratios, machine, settings, notes }: StartupReport): string {
  return [
    `Process start to the end of the first step: ${settingsText(settings)}`,
    machineText(machine),
    '',
    ...aligned([
      ['cache', 'phase', 'ms median', 'quartiles'],
      ...rows.map((row) => [row.cache, row.phase, String(row.msMedian), `${row.msLow} to ${row.msHigh}`]),
    ]),
    '',
    `Empty over filled, pair by pair: compile ${ratioText(ratios.compile)}, total ${ratioText(ratios.total)}`,
    ...noteLines(notes),
  ].join('\n');
}
