import type { TrialResult } from '../schema/result.ts';
import { thinCurves } from './curves.ts';

/** A result as a packed sweep has it: its curves thinned. */
export function packedForm(result: TrialResult): TrialResult {
  return { ...result, trial: { ...result.trial, curves: thinCurves(result.trial.curves) } };
}

/** The key at which two JSON values first differ, such as `measured.pid`; null if they are equal. */
export function firstDifference(a: unknown, b: unknown, key = ''): string | null {
  if (a === b) return null;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return key;
  if (Array.isArray(a) !== Array.isArray(b)) return key;
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [x, y] = [a, b].map((value) => (value as Record<string, unknown>)[name]);
    const found = firstDifference(x, y, key === '' ? name : `${key}.${name}`);
    if (found !== null) return found;
  }
  return null;
}
