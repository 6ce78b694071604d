/** A WordPiece vocabulary learnt from words and how often each occurs. */

/** The first tokens of every vocabulary, in this order: ids 0 to 4. */
export const specialTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;

/** How a vocabulary is trained. */
export interface WordPieceSettings {
  /** Most tokens, special ones included; fewer where no pair occurs often enough. */
  readonly vocabularySize: number;
  /** Occurrences that a pair of pieces needs to become one. */
  readonly minFrequency: number;
  /**
   * Whether pieces that only led to longer ones, and that no word is made of any more, give their place to others. In a
   * language of few words most merged pieces are such steps. @default false, as Hugging Face's trainer
   */
  readonly dropUnused?: boolean | undefined;
}

const prefix = '##';

/** A word as the numbers of its pieces, and its count. */
interface Word {
  pieces: number[];
  readonly count: number;
}

/**
 * Tokens in the order of their ids: the special tokens, the alphabet (each character as the start of a word, then each
 * that occurs inside of one with ##, both by code point), then merged pieces as they are made.
 *
 * As Hugging Face's WordPieceTrainer this is byte-pair encoding (Sennrich et al., arXiv 1508.07909) with ## forms: the
 * adjacent pair that occurs most often becomes a piece, again and again, and not the pair of the best likelihood ratio. Of
 * equally frequent pairs the one of the pieces made first comes first. The result is a function of the counts alone,
 * whatever their order. With `dropUnused`, pieces left without a word are taken out whenever the vocabulary is full, and
 * merging goes on (compare Picky BPE, Chizhov et al., arXiv 2409.04599).
 *
 * @param counts words as the pre-tokenizer splits them (see `countWords`), and their occurrences
 * @throws RangeError when the size has no room for the special tokens and the alphabet, or a count or limit is no
 *   positive integer.
 */
export function trainWordPiece(counts: ReadonlyMap<string, number>, settings: WordPieceSettings): string[] {
  const { vocabularySize, minFrequency, dropUnused = false } = settings;
  positive('vocabularySize', vocabularySize);
  positive('minFrequency', minFrequency);
  const words = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  const base = [...specialTokens, ...alphabet(words.map(([word]) => word))];
  if (base.length > vocabularySize) {
    throw new RangeError(
      `A vocabulary of ${vocabularySize} tokens has no room for ${specialTokens.length} special tokens and an alphabet of ` +
        `${base.length - specialTokens.length}; raise vocabularySize.`,
    );
  }
  // Every piece ever made keeps its number; `kept` are those of the vocabulary.
  const pieces = [...base];
  const numbers = new Map(pieces.map((piece, number) => [piece, number]));
  const kept = new Set(pieces.keys());
  const split = words.map(([word, count]): Word => {
    positive(`the count of ${JSON.stringify(word)}`, count);
    return {
      pieces: Array.from(word, (character, i) => numbers.get(i === 0 ? character : prefix + character)!),
      count,
    };
  });
  for (;;) {
    const best = mostFrequentPair(split);
    if (best === null || best.count < minFrequency) break;
    if (kept.size === vocabularySize) {
      if (dropUnused) keepUsed(kept, base.length, split);
      if (kept.size === vocabularySize) break;
    }
    const merged = pieces[best.first]! + pieces[best.second]!.slice(prefix.length);
    // Two ways of cutting a piece lead to the same one.
    const number = numbers.get(merged) ?? pieces.push(merged) - 1;
    numbers.set(merged, number);
    kept.add(number);
    for (const word of split) word.pieces = replacePair(word.pieces, best.first, best.second, number);
  }
  if (dropUnused) keepUsed(kept, base.length, split);
  return [...kept].sort((a, b) => a - b).map((number) => pieces[number]!);
}

/** Takes out the merged pieces that no word is made of. */
function keepUsed(kept: Set<number>, base: number, words: readonly Word[]): void {
  const used = new Set(words.flatMap(({ pieces }) => pieces));
  for (const number of kept) if (number >= base && !used.has(number)) kept.delete(number);
}

/** Every character of the words, then every ## form that occurs, each by code point. */
function alphabet(words: readonly string[]): string[] {
  const all = new Set<string>();
  const inside = new Set<string>();
  for (const word of words) {
    Array.from(word).forEach((character, i) => {
      all.add(character);
      if (i > 0) inside.add(prefix + character);
    });
  }
  const sorted = (tokens: Set<string>): string[] =>
    [...tokens].sort((a, b) => (a.codePointAt(a.length > 2 ? 2 : 0) ?? 0) - (b.codePointAt(b.length > 2 ? 2 : 0) ?? 0));
  return [...sorted(all), ...sorted(inside)];
}

function mostFrequentPair(words: readonly Word[]): { first: number; second: number; count: number } | null {
  const counts = new Map<number, number>();
  for (const { pieces, count } of words) {
    for (let i = 0; i + 1 < pieces.length; i++) {
      const pair = pieces[i]! * PAIR + pieces[i + 1]!;
      counts.set(pair, (counts.get(pair) ?? 0) + count);
    }
  }
  let best: { pair: number; count: number } | null = null;
  for (const [pair, count] of counts) {
    if (!best || count > best.count || (count === best.count && pair < best.pair)) best = { pair, count };
  }
  return best && { first: Math.floor(best.pair / PAIR), second: best.pair % PAIR, count: best.count };
}

/** More than any vocabulary has tokens; a pair of ids is one exact number. */
const PAIR = 2 ** 26;

function replacePair(pieces: number[], first: number, second: number, merged: number): number[] {
  const has = pieces.some((piece, i) => piece === first && pieces[i + 1] === second);
  if (!has) return pieces;
  const result: number[] = [];
  for (let i = 0; i < pieces.length; i++) {
    if (pieces[i] === first && pieces[i + 1] === second) {
      result.push(merged);
      i++;
    } else result.push(pieces[i]!);
  }
  return result;
}

function positive(what: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new RangeError(`${what} is ${value}; expected a whole number of at least 1.`);
}
