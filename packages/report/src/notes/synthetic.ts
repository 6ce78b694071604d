import type { TrialResult } from '@lomap/results';
import { counted } from '../tables/numbers.ts';

/** Whether a trial's data were made by a program: its data's name begins with `synthetic`. */
export function isSynthetic({ trial }: TrialResult): boolean {
  return trial.settings.data.name.startsWith('synthetic');
}

/** The sentence that belongs beside every number from synthetic data; null if no trial has such data. */
export function syntheticText(results: readonly TrialResult[]): string | null {
  const synthetic = results.filter(isSynthetic).length;
  if (synthetic === 0) return null;
  const part = synthetic === results.length ? '' : ` (${synthetic} of ${counted(results.length, 'trial')})`;
  return `Synthetic data${part}: it says nothing about natural language.`;
}
