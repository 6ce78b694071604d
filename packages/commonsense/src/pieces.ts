/** What a question becomes for a language model: texts, and which of them is scored or learned. */

/** Two texts that belong together: a model reads both, and is asked about the second. */
export interface Pair {
  readonly context: string;
  /** Begins with the white space that stands between the two. */
  readonly continuation: string;
}

/** One choice, whose continuation's log-probability is summed. */
export interface Candidate extends Pair {
  /** The choice's label in the file: `answer1`, `true`. */
  readonly label: string;
  /** The choice's length in characters (Unicode code points): `accuracy_norm` divides the sum by it. */
  readonly characters: number;
}

/** A question to be answered by the choice of the highest likelihood. */
export interface Choice {
  readonly kind: 'choice';
  readonly candidates: readonly Candidate[];
}

/** A question to be answered by text that a model writes after `context`. */
export interface Generation {
  readonly kind: 'generation';
  readonly context: string;
  readonly labels: readonly string[];
}

/** A row to train on. */
export interface Lesson extends Pair {
  /** Whose tokens the loss is the mean over: both texts', or the continuation's alone. */
  readonly loss: 'all' | 'continuation';
}

/** The length of a text as Python counts it. */
export function characters(text: string): number {
  return [...text].length;
}

/** The characters that Python's `str.isspace` takes, which are not quite those of JavaScript's `\s`. */
const SPACE = String.raw`[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const START = new RegExp(`^${SPACE}+`, 'u');
const END = new RegExp(`${SPACE}+$`, 'u');

/** Python's `text.strip()`. */
export function strip(text: string): string {
  return text.replace(START, '').replace(END, '');
}

/**
 * A pair as lm-evaluation-harness hands it to a tokenizer: white space at the context's end goes to the continuation,
 * since most tokenizers join it with the word that follows.
 */
export function settle({ context, continuation }: Pair): Pair {
  const space = END.exec(context)?.[0] ?? '';
  return { context: context.slice(0, context.length - space.length), continuation: space + continuation };
}

/** A pair as tokens. */
export interface EncodedPair {
  readonly ids: readonly number[];
  /** How many of the last ids belong to the continuation. */
  readonly scored: number;
}

/**
 * A pair as tokens, by lm-evaluation-harness's rule: the tokens of both texts together, of which those beyond the number
 * that the context has alone are the continuation's. What is too long loses its beginning.
 *
 * @param encode a tokenizer's ids of a text, with the tokens that it begins every text with
 * @param most how many ids the model takes. The last one is only predicted, so that one more is kept.
 * @throws RangeError where nothing is left to be scored: no token of the continuation, or of what stands before it.
 */
export function encodePair(pair: Pair, encode: (text: string) => readonly number[], most: number): EncodedPair {
  const { context, continuation } = settle(pair);
  const whole = encode(context + continuation);
  const scored = whole.length - encode(context).length;
  const ids = whole.slice(-(most + 1));
  if (scored > 0 && scored < ids.length) return { ids, scored };
  throw new RangeError(
    `expected a continuation of 1 to ${ids.length - 1} tokens after at least one of the context, found ${scored} ` +
      `(the model takes ${most} tokens).`,
  );
}
