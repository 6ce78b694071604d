import type { Summary } from '@lomap/statistics';
import type { Field } from './table.ts';

/** Shown where there is no value. */
export const NOTHING = '–';

/** `72.31 ± 0.52 (3)`: mean, sample standard deviation, n. Points have two decimals; other units may have others. */
export function formatScore(score: Summary | null, decimals = 2): string {
  if (score === null) return NOTHING;
  const spread = score.deviation === null ? '' : ` ± ${fixed(score.deviation, decimals)}`;
  return `${fixed(score.mean, decimals)}${spread} (${score.n})`;
}

/** `+0.31 [−0.98, +1.60] (3)`: mean of the paired differences, 95 % t interval, pairs. */
export function formatDifference(difference: Summary | null, decimals = 2): string {
  if (difference === null) return NOTHING;
  const { mean, n } = difference;
  const parts = [signed(mean, decimals), formatInterval(difference, decimals), `(${n})`];
  return parts.filter((part) => part !== '').join(' ');
}

/** `[−0.98, +1.60]`; empty for a single value. */
export function formatInterval({ interval }: Pick<Summary, 'interval'>, decimals = 2): string {
  return interval === null ? '' : `[${signed(interval[0], decimals)}, ${signed(interval[1], decimals)}]`;
}

export function formatP(p: number | null): string {
  if (p === null) return NOTHING;
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** Whole numbers in groups of three: `331,776`. */
export function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 trial`, `1,200 trials`: a count with its noun, whose plural has an s. */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A share such as .0123, or a power of ten where that is too small to see. */
export function formatRatio(value: number | null): string {
  if (value === null) return NOTHING;
  return (value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : value.toFixed(4)).replaceAll('-', '−');
}

export function fixed(value: number, decimals = 2): string {
  return value
    .toFixed(decimals)
    .replace(/^-(0(?:\.0*)?)$/, '$1')
    .replace('-', '−');
}

/** For records: six decimals are far below any seed's deviation and hide the last bits of a sum. */
export function field(value: number | null | undefined): Field {
  return value === null || value === undefined ? null : Number(value.toFixed(6)) + 0;
}

export function signed(value: number, decimals = 2): string {
  const text = fixed(value, decimals);
  return text.startsWith('−') ? text : `+${text}`;
}
