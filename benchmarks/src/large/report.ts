import { machineText, type Machine } from '../common/machine.ts';
import type { Resident } from '../common/resident.ts';
import { aligned, settingsText } from '../common/table.ts';
import type { LargeLoaded, LargeRequest } from './protocol.ts';

export interface LargeRow {
  readonly what: LargeRequest['what'];
  readonly loaded: LargeLoaded;
  /** Peaks until it was compiled, and while it ran. */
  readonly atOpening: Resident;
  readonly running: Resident;
  /** Of each turn; the first takes memory. */
  readonly seconds: readonly number[];
  readonly losses: readonly number[];
}

export interface LargeReport {
  readonly rows: readonly LargeRow[];
  readonly machine: Machine;
  readonly settings: Readonly<Record<string, number | string>>;
}

/** The fastest turn of the step over that of the bare products. */
export function overProducts(rows: readonly LargeRow[]): number {
  const [products, step] = (['products', 'step'] as const).map((what) => {
    const { seconds = [] } = rows.find((row) => row.what === what) ?? {};
    return Math.min(...seconds);
  });
  return step! / products!;
}

/** The report for people. */
export function largeText({ rows, machine, settings }: LargeReport): string {
  const gb = (bytes: number): string => (bytes / 1e9).toFixed(2);
  const { losses = [] } = rows.find(({ what }) => what === 'step') ?? {};
  return [
    `A training step beside its bare products: ${settingsText(settings)}`,
    machineText(machine),
    '',
    ...aligned([
      ['', 'trained', 'open s', 'compile s', 'own GB', 'mapped GB', 'own GB running', 'mapped GB', 'seconds'],
      ...rows.map(({ what, loaded, atOpening, running, seconds }) => [
        what,
        String(loaded.parameters),
        loaded.seconds.open.toFixed(1),
        loaded.seconds.compile.toFixed(1),
        ...[atOpening.own, atOpening.mapped, running.own, running.mapped].map(gb),
        seconds.map((one) => one.toFixed(2)).join(' '),
      ]),
    ]),
    '',
    `The step takes ${overProducts(rows).toFixed(2)} times the products' time. Losses: ${losses.map((loss) => loss.toFixed(4)).join(', ')}.`,
  ].join('\n');
}
