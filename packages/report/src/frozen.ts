import type { Row } from './comparison.ts';

/** The row's title in print; a dagger marks learned scalars that hardly moved. */
export function printedTitle(row: Row): string {
  return row.title + (isEffectivelyFrozen(row) ? ' †' : '');
}

/** Whether α and β were learned and moved by less than 5 % in every trial of the row. */
export function isEffectivelyFrozen(row: Row): boolean {
  return row.results.every(({ trial }) => trial.effectivelyFrozen === true);
}
