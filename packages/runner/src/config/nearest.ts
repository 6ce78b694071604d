import { closest, distance } from 'fastest-levenshtein';

/** ` Did you mean "x"?` for the nearest known word, or the empty string when none is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const nearest = closest(word, known);
  return distance(word.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, Math.ceil(nearest.length / 2))
    ? ` Did you mean "${nearest}"?`
    : '';
}
