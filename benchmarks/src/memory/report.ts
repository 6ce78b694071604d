import { machineText, type Machine } from '../common/machine.ts';
import type { MethodName } from '../common/methods.ts';
import { aligned, noteLines, round, settingsText } from '../common/table.ts';
import type { MemoryEngine } from './arguments.ts';

export interface MemoryRow {
  readonly model: string;
  readonly batch: number;
  readonly length: number;
  readonly method: MethodName;
  readonly engine: MemoryEngine;
  readonly parameters: number;
  /** Largest resident set; mapped files count. */
  readonly peakMemoryBytes: number;
}

export interface MemoryReport {
  readonly rows: readonly MemoryRow[];
  readonly machine: Machine;
  readonly settings: Readonly<Record<string, number | string>>;
  readonly notes: readonly string[];
}

/** PyTorch's peak over ours by case, where both were measured. */
export function memoryRatio(rows: readonly MemoryRow[], ours: MemoryRow): number | null {
  const same = (row: MemoryRow): boolean =>
    (['model', 'batch', 'length', 'method'] as const).every((key) => row[key] === ours[key]);
  const theirs = rows.find((row) => row.engine !== 'compiled' && same(row));
  return ours.engine === 'compiled' && theirs ? round(theirs.peakMemoryBytes / ours.peakMemoryBytes) : null;
}

/** The report for people. */
export function memoryText({ rows, machine, settings, notes }: MemoryReport): string {
  return [
    `Peak resident memory of training and one evaluation: ${settingsText(settings)}`,
    machineText(machine),
    '',
    ...aligned([
      ['model', 'batch', 'length', 'method', 'engine', 'trained', 'peak MiB', 'PyTorch / ours'],
      ...rows.map((row) => [
        ...[row.model, row.batch, row.length, row.method, row.engine, row.parameters].map(String),
        (row.peakMemoryBytes / 2 ** 20).toFixed(0),
        memoryRatio(rows, row)?.toFixed(2) ?? '',
      ]),
    ]),
    ...noteLines(notes),
  ].join('\n');
}
