import { printedNumber } from './printed-number.ts';
import type { Section } from './table.ts';

/** Whether a cell holds the best number of its column (of its row, by `bestOf`); all that share it, as printed, do. */
export function isBest({ columns, rows, bestOf }: Section): (row: number, column: number) => boolean {
  const numbers = rows.map((row) =>
    columns.map(({ best }, c) => (best === undefined ? null : printedNumber(row[c] ?? ''))),
  );
  const peers = (row: number, column: number) =>
    bestOf === 'row' ? (numbers[row] ?? []) : numbers.map((own) => own[column] ?? null);
  return (row, column) => {
    const value = numbers[row]?.[column] ?? null;
    const others = peers(row, column).filter((other) => other !== null);
    const lowest = columns[column]?.best === 'lowest';
    return value !== null && others.length > 1 && others.every((other) => (lowest ? other >= value : other <= value));
  };
}
