import { tf, uniform, type Key } from '@lomap/compile';
import type { Context, Encoding } from '@lomap/models';
import { crossEntropy } from '../objectives/losses.ts';

/** Share of the texts that are altered. */
const ALTERED = 0.5;

/** In which way they are: shares of the altered ones. A single text has no other segment and takes `replaced`. */
const WAYS = [
  ['other', 0.35],
  ['replaced', 0.25],
  ['exchanged', 0.2],
  ['plausible', 0.2],
] as const;

/** Texts that `alter` draws from. */
export interface AlterationSource {
  /**
   * An altered copy of half of the texts. Its last segment
   *
   * - `other`: is another pair's, as in BERT's next-sentence prediction (arXiv 1810.04805, §3.1);
   * - `replaced`: has one token in place of another, drawn by how often it occurs;
   * - `exchanged`: has two different tokens in each other's place;
   * - `plausible`: has one token in place of another that stands between the same neighbours elsewhere.
   *
   * A pure function of texts, row and key. Null for the other half, and where a text has nothing to alter in the way that
   * was drawn.
   */
  alter(row: number, of: Key): Encoding | null;
}

/**
 * @param specialIds tokens that are never altered and never put in another one's place.
 * @param maxLength the longest text that the model reads.
 */
export function alterationSource(
  texts: readonly Encoding[],
  specialIds: ReadonlySet<number>,
  maxLength: number,
): AlterationSource {
  const occurrences: number[] = [];
  const between = new Map<string, number[]>();
  const pairs: number[] = [];
  texts.forEach(({ inputIds, tokenTypeIds }, row) => {
    if (tokenTypeIds.includes(1)) pairs.push(row);
    inputIds.forEach((id, i) => {
      if (specialIds.has(id)) return;
      occurrences.push(id);
      const neighbours = `${inputIds[i - 1]} ${inputIds[i + 1]}`;
      const found = between.get(neighbours);
      if (found) found.push(id);
      else between.set(neighbours, [id]);
    });
  });

  /** The places of the last segment that hold tokens of the text. */
  const places = ({ inputIds, tokenTypeIds }: Encoding): number[] => {
    const last = Math.max(...tokenTypeIds);
    return inputIds.flatMap((id, i) => (tokenTypeIds[i] === last && !specialIds.has(id) ? [i] : []));
  };
  const withTokens = (text: Encoding, changes: readonly (readonly [number, number])[]): Encoding => {
    const inputIds = [...text.inputIds];
    for (const [place, id] of changes) inputIds[place] = id;
    return { inputIds, tokenTypeIds: text.tokenTypeIds };
  };

  const ways = {
    other(text: Encoding, [first]: readonly number[]): Encoding | null {
      const other = texts[pick(pairs, first!)!]!;
      const [start, from] = [text.tokenTypeIds.indexOf(1), other.tokenTypeIds.indexOf(1)];
      const segment = other.inputIds.slice(from);
      const same = segment.join() === text.inputIds.slice(start).join();
      if (same || start + segment.length > maxLength) return null;
      return {
        inputIds: [...text.inputIds.slice(0, start), ...segment],
        tokenTypeIds: [...text.tokenTypeIds.slice(0, start), ...segment.map(() => 1)],
      };
    },
    replaced(text: Encoding, [first, second]: readonly number[]): Encoding | null {
      const place = pick(places(text), first!);
      const id = pick(occurrences, second!)!;
      return place === undefined || id === text.inputIds[place] ? null : withTokens(text, [[place, id]]);
    },
    exchanged(text: Encoding, [first, second]: readonly number[]): Encoding | null {
      const own = places(text);
      const one = pick(own, first!);
      const ids = text.inputIds;
      const two = pick(
        own.filter((place) => ids[place] !== ids[one!]),
        second!,
      );
      if (one === undefined || two === undefined) return null;
      return withTokens(text, [
        [one, ids[two]!],
        [two, ids[one]!],
      ]);
    },
    plausible(text: Encoding, [first, second]: readonly number[]): Encoding | null {
      const ids = text.inputIds;
      const place = pick(places(text), first!);
      if (place === undefined) return null;
      const fitting = between.get(`${ids[place - 1]} ${ids[place + 1]}`)!.filter((id) => id !== ids[place]);
      const id = pick(fitting, second!);
      return id === undefined ? null : withTokens(text, [[place, id]]);
    },
  };
  return {
    alter(row, of) {
      const text = texts[row]!;
      const [chance, way, ...draws] = uniform(of, 4);
      if (chance! >= ALTERED) return null;
      let left = way!;
      const [drawn] = WAYS.find(([, share]) => (left -= share) < 0) ?? WAYS[0];
      return ways[drawn === 'other' && !text.tokenTypeIds.includes(1) ? 'replaced' : drawn](text, draws);
    },
  };
}

/**
 * How badly the pooled first token tells altered texts from whole ones: cross-entropy of `cls.seq_relationship`, the head
 * of BERT's next-sentence prediction, 0 for a whole text and 1 for an altered one.
 *
 * Masked-language modelling alone gives the first token nothing to do, so that fine-tuning has to teach it to look at
 * the text. Here it learns whether words and sentences fit together, as ELECTRA's tokens do (arXiv 2003.10555).
 *
 * @param pooled [B, hidden]
 * @param labels 0 or 1, as floats [B]
 * @param weights [B], not all 0
 */
export function alteredTextLoss(
  context: Context,
  pooled: tf.Tensor2D,
  labels: tf.Tensor1D,
  weights: tf.Tensor1D,
): tf.Scalar {
  return crossEntropy(context.linear(alteredTextHead, pooled), labels, weights);
}

/** The head's module: weight [2, hidden], bias [2]. */
export const alteredTextHead = 'cls.seq_relationship';

/** The item at this place, in [0, 1), of a list; undefined in an empty one. */
function pick<T>(items: readonly T[], place: number): T | undefined {
  // A draw may round to 1 in float32.
  return items[Math.min(Math.floor(place * items.length), items.length - 1)];
}
