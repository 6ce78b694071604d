import type { Sweep } from '../config/sweep.ts';

/** The rows that lists of values in the file make, a line each with their values; nothing for a file without lists. */
export function madeRows({ labels, listed }: Pick<Sweep, 'labels' | 'listed'>): string[] {
  const made = labels.filter((label) => listed[label] !== '');
  if (made.length === 0) return [];
  const width = Math.max(...made.map((label) => label.length)) + 2;
  return ['Rows of lists of values:', ...made.map((label) => `  ${label.padEnd(width)}${listed[label]!}`)];
}
