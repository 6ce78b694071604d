/** Text for masked-language modelling, from the grammars of the tasks. */
import { drawOf } from './random.ts';
import { discourse } from './corpus/discourse.ts';

export interface CorpusOptions {
  /** `held-out` shares no sentence with `train`; neither has a sentence of any task's dev rows. */
  readonly split: 'train' | 'held-out';
  /** The number of texts: sentences, and short discourses of two or three. All differ. */
  readonly sentences: number;
  readonly seed: number;
}

/**
 * Grammatical texts in which what the tasks ask about shows in what occurs with what: restatements with synonyms,
 * passives and converse verbs, what is a kind of what, consequences of quantifiers, questions with their answers,
 * pronouns taken up again, opinions and their contrasts. The same options give the same texts; with one seed, a
 * smaller corpus begins a larger one.
 *
 * @throws RangeError if the number is negative or not an integer, the seed no integer, or the grammar has no more texts.
 */
export function pretrainingCorpus({ split, sentences, seed }: CorpusOptions): string[] {
  if (!Number.isSafeInteger(sentences) || sentences < 0) {
    throw new RangeError(`A number of texts is a non-negative integer, not ${sentences}.`);
  }
  if (!Number.isSafeInteger(seed)) throw new RangeError(`A seed is an integer, not ${seed}.`);
  const draw = drawOf('corpus', split, seed);
  const texts = new Set<string>();
  let repeated = 0;
  while (texts.size < sentences) {
    const before = texts.size;
    texts.add(discourse(draw, split).join(' '));
    repeated = texts.size === before ? repeated + 1 : 0;
    if (repeated > 10_000) throw new RangeError(`The grammar has no more than about ${texts.size} texts.`);
  }
  return [...texts];
}
