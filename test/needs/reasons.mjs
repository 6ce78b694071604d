const REASON = / \(skipped: (.*)\)(?= |$)/;

/**
 * Why tests were skipped, by count, the most frequent reason first: `22 skipped: 14 no CUDA device; 8 no fixtures`. Null
 * where none was. Reasons stand in the tests' names, where `needs` puts them.
 *
 * @param {readonly string[]} names full names of the tests that were skipped
 * @returns {string | null}
 */
export function skippedLine(names) {
  if (names.length === 0) return null;
  const counts = new Map();
  for (const name of names) {
    const reason = REASON.exec(name)?.[1] ?? 'without a reason';
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return `${names.length} skipped: ${sorted.map(([reason, count]) => `${count} ${reason}`).join('; ')}`;
}
