/** Why tests were skipped, by count; null where none was. */
export function skippedLine(names: readonly string[]): string | null;
