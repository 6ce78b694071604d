/** Scores of a split's examples by level of difficulty. */

/**
 * What `score` gives for the rows of each level, and how many examples have none: those have no part in it.
 *
 * @param levels by the examples' `index`
 */
export function scoresByLevel<S>(
  examples: readonly { readonly index: number }[],
  levels: ReadonlyMap<number, number>,
  score: (rows: readonly number[]) => S,
): { readonly scores: Record<string, S>; readonly without: number } {
  const levelOf = examples.map(({ index }) => levels.get(index));
  const rowsAt = (level: number | undefined): number[] => levelOf.flatMap((own, row) => (own === level ? [row] : []));
  const distinct = [...new Set(levelOf)].filter((level) => level !== undefined);
  return {
    scores: Object.fromEntries(distinct.map((level) => [level, score(rowsAt(level))])),
    without: rowsAt(undefined).length,
  };
}
