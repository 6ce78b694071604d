import { machineText, type Machine } from '../common/machine.ts';
import type { MethodName } from '../common/methods.ts';
import type { TrialAnswer } from './protocol.ts';

export interface TrialRow extends Omit<TrialAnswer, 'type' | 'versions'> {
  readonly engine: 'compiled' | 'pytorch-peft';
  readonly method: MethodName;
  readonly threads: number;
  /** Wall-clock, from starting the process to its answer. */
  readonly seconds: number;
}

export interface TrialReport {
  readonly rows: readonly TrialRow[];
  readonly machine: Machine;
  /** PyTorch's over ours; null where PyTorch was left out. */
  readonly ratios: { readonly seconds: number; readonly processorSeconds: number; readonly peakMemory: number } | null;
  readonly settings: Readonly<Record<string, number | string | null>>;
  readonly notes: readonly string[];
}

/** PyTorch's time and memory over ours. */
export function trialRatios(rows: readonly TrialRow[]): TrialReport['ratios'] {
  const ours = rows.find(({ engine }) => engine === 'compiled');
  const theirs = rows.find(({ engine }) => engine === 'pytorch-peft');
  if (!ours || !theirs) return null;
  return {
    seconds: theirs.seconds / ours.seconds,
    processorSeconds: theirs.processorSeconds / ours.processorSeconds,
    peakMemory: theirs.peakMemoryBytes / ours.peakMemoryBytes,
  };
}

/** The report for people. */
export function trialText({ rows, machine, ratios, settings, notes }: TrialReport): string {
  const lines = rows.map((row) => {
    const dev = Object.entries(row.dev).map(([name, value]) => `${name} ${value.toFixed(3)}`);
    const times = `${row.seconds.toFixed(1)} s, processor ${row.processorSeconds.toFixed(1)} s`;
    const memory = `peak ${(row.peakMemoryBytes / 2 ** 20).toFixed(0)} MiB`;
    return `${row.engine.padEnd(12)}  ${row.method}  ${row.steps} steps  ${times}  ${memory}  dev ${dev.join(', ')}`;
  });
  return [
    `One trial: ${Object.entries(settings)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
    machineText(machine),
    '',
    ...lines,
    ...(ratios
      ? [
          '',
          `PyTorch + PEFT over ours: time ${ratios.seconds.toFixed(2)}, processor time ` +
            `${ratios.processorSeconds.toFixed(2)}, peak memory ${ratios.peakMemory.toFixed(2)}`,
        ]
      : []),
    ...(notes.length > 0 ? ['', ...notes.map((note) => `Note: ${note}`)] : []),
  ].join('\n');
}
