import { fold, key, uniform, type Key } from '@lomap/compile';
import type { Encoding, MaskedExample } from '@lomap/models';

/** What masking needs to know of a vocabulary. */
export interface MaskingVocabulary {
  readonly vocabularySize: number;
  /** The token that hides another one, [MASK]. */
  readonly maskId: number;
  /** Tokens that are never hidden nor put in another one's place: [CLS], [SEP] and their like. */
  readonly specialIds: ReadonlySet<number>;
}

/** Share of an example's tokens that is predicted. */
export const MASK_RATE = 0.15;

/** Of the predicted tokens, the shares that become [MASK] and another token; the rest stays. */
const HIDDEN = 0.8;
const REPLACED = 0.1;

/**
 * Chooses the tokens of an example to predict and hides them, as BERT does (arXiv 1810.04805, A.1): max(1, 15 % of the
 * tokens that are not special, rounded), without replacement; 80 % of them become [MASK], 10 % a random token that is
 * not special, 10 % stay. A pure function of key and example.
 *
 * @throws RangeError when the example has only special tokens.
 */
export function maskTokens(
  { inputIds, tokenTypeIds }: Encoding,
  vocabulary: MaskingVocabulary,
  of: Key,
  rate = MASK_RATE,
): MaskedExample {
  const candidates = inputIds.flatMap((id, position) => (vocabulary.specialIds.has(id) ? [] : [position]));
  if (candidates.length === 0) throw new RangeError('An example of special tokens alone has nothing to predict.');
  const count = Math.max(1, Math.round(rate * candidates.length));
  const draws = uniform(of, candidates.length + 2 * count);
  const positions = candidates
    .map((position, i) => ({ position, draw: draws[i]! }))
    .sort((a, b) => a.draw - b.draw || a.position - b.position)
    .slice(0, count)
    .map(({ position }) => position)
    .sort((a, b) => a - b);
  const masked = [...inputIds];
  positions.forEach((position, i) => {
    const fate = draws[candidates.length + 2 * i]!;
    if (fate < HIDDEN) masked[position] = vocabulary.maskId;
    else if (fate < HIDDEN + REPLACED) {
      masked[position] = randomToken(vocabulary, draws[candidates.length + 2 * i + 1]!);
    }
  });
  return { inputIds: masked, tokenTypeIds, positions, targets: positions.map((position) => inputIds[position]!) };
}

/** The token at this place, in [0, 1), among those that are not special. */
function randomToken({ vocabularySize, specialIds }: MaskingVocabulary, place: number): number {
  // A draw may round to 1 in float32.
  let rank = Math.min(Math.floor(place * (vocabularySize - specialIds.size)), vocabularySize - specialIds.size - 1);
  for (const id of [...specialIds].sort((a, b) => a - b)) if (id <= rank) rank++;
  return rank;
}

/** Masks of training: those of row `row` in pass `epoch` over the data. */
export function trainingMaskKey(seed: number, epoch: number, row: number): Key {
  return fold(key(seed), 'mask', epoch, row);
}

/**
 * Examples masked for evaluation, always in the same way: by `seed` and their place. Two models that are evaluated on
 * the same examples predict the same tokens.
 */
export function maskForEvaluation(
  encodings: readonly Encoding[],
  vocabulary: MaskingVocabulary,
  seed = 0,
): MaskedExample[] {
  return encodings.map((encoding, row) => maskTokens(encoding, vocabulary, key(seed, 'evaluation-mask', row)));
}
