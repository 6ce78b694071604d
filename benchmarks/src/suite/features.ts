/**
 * Bags of words: what a model sees that knows which words occur, and in which sentence, but neither their order nor
 * what goes with what.
 */
import type { Example } from '@lomap/tasks';

/** What a baseline looks at. `second` sees only the second sentence: what it scores above majority is an artefact. */
export type View = 'bag' | 'second';

/** A row of a sparse matrix. */
export interface SparseRow {
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

/** The words of a sentence, lower-cased, without punctuation. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
}

/**
 * Features by name. Single sentences: each word that occurs. Pairs: each word by the sentence it occurs in; each word
 * that only the first, only the second, or both have; and of the overlap, the share of either sentence's words that
 * the other has, their product, and the difference in length. The second-sentence view: its words alone.
 */
export function featuresOf({ text, pair }: Pick<Example, 'text' | 'pair'>, view: View): Map<string, number> {
  const features = new Map<string, number>([['bias', 1]]);
  const first = new Set(wordsOf(text));
  if (pair === null) {
    for (const word of first) features.set(`1:${word}`, 1);
    return features;
  }
  const second = new Set(wordsOf(pair));
  for (const word of second) features.set(`2:${word}`, 1);
  if (view === 'second') return features;
  for (const word of first) features.set(`1:${word}`, 1);
  for (const word of new Set([...first, ...second])) {
    const where = first.has(word) ? (second.has(word) ? 'both' : 'only 1') : 'only 2';
    features.set(`${where}:${word}`, 1);
  }
  const common = [...first].filter((word) => second.has(word)).length;
  const [ofFirst, ofSecond] = [common / Math.max(1, first.size), common / Math.max(1, second.size)];
  features
    .set('overlap 1', ofFirst)
    .set('overlap 2', ofSecond)
    .set('overlap', ofFirst * ofSecond);
  features.set('all of 2', ofSecond === 1 ? 1 : 0).set('all of 1', ofFirst === 1 ? 1 : 0);
  return features.set('length', (first.size - second.size) / 10);
}

/** Numbers the features that the training rows have; others are dropped. */
export class Vocabulary {
  private readonly ids = new Map<string, number>();

  get size(): number {
    return this.ids.size;
  }

  /** @param grow whether unseen features get a number. */
  encode(features: ReadonlyMap<string, number>, grow: boolean): SparseRow {
    const entries: [number, number][] = [];
    for (const [name, value] of features) {
      if (grow && !this.ids.has(name)) this.ids.set(name, this.ids.size);
      const id = this.ids.get(name);
      if (id !== undefined && value !== 0) entries.push([id, value]);
    }
    return {
      indices: Int32Array.from(entries, ([id]) => id),
      values: Float64Array.from(entries, ([, value]) => value),
    };
  }
}
