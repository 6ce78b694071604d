import { distance } from 'fastest-levenshtein';

/**
 * The known names nearest to a mistyped one, nearest first: by edit distance whatever the case, then with it, then by name;
 * at most `limit`.
 */
export function nearest(name: string, known: Iterable<string>, limit = 3): string[] {
  return [...new Set(known)]
    .map((candidate) => ({ candidate, edits: edits(name, candidate), exact: distance(name, candidate) }))
    .sort((a, b) => a.edits - b.edits || a.exact - b.exact || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** ` Did you mean "x"?` for the nearest known word, or the empty string when none is near. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const [closest] = nearest(word, known, 1);
  if (closest === undefined) return '';
  const near = edits(word, closest) <= Math.max(2, Math.ceil(closest.length / 2));
  return near ? ` Did you mean "${closest}"?` : '';
}

function edits(a: string, b: string): number {
  return distance(a.toLowerCase(), b.toLowerCase());
}
