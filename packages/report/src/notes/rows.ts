import type { Comparison } from '../comparison.ts';
import { protocolLines } from '../protocols.ts';
import { failureLines } from './failures.ts';

/** What every table with a comparison's rows says of them: unequal protocols, constant predictions, divergence. */
export function rowNotes(comparison: Comparison): string[] {
  return [...protocolLines(comparison), ...failureLines(comparison.rowsAndBaselines, comparison.diverged)];
}
