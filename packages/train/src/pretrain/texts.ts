/** Texts as the encoder is pretrained on them. */
import { createHash } from 'node:crypto';
import { fold, uniform, type Key } from '@lomap/compile';
import { encode, type Encoding, type Tokenizer } from '@lomap/models';
import { pause, type Watch } from '../watch.ts';

/** Sentences of a text: it is cut after a full stop, question or exclamation mark that a space follows. */
export function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?])\s+/).filter((sentence) => sentence !== '');
}

/**
 * Token ids of texts, cut to `maxLength`. Of those of several sentences a share, drawn for each by its place, becomes a
 * pair `[CLS] a [SEP] b [SEP]`, cut between two sentences: the only way in which the second segment is trained. Texts
 * without tokens are left out.
 *
 * @throws InterruptedError when the watch's signal stops it, before the next hundred texts.
 */
export async function encodeTexts(
  tokenizer: Tokenizer,
  texts: readonly string[],
  { pairShare, maxLength, key }: { readonly pairShare: number; readonly maxLength: number; readonly key: Key },
  watch?: Watch,
): Promise<Encoding[]> {
  const encodings: Encoding[] = [];
  for (const [row, text] of texts.entries()) {
    if (row % 100 === 0) await pause(watch, row, texts.length);
    const sentences = sentencesOf(text);
    if (sentences.length === 0) continue;
    const [chance, place] = uniform(fold(key, 'pair', row), 2) as unknown as [number, number];
    if (sentences.length === 1 || chance >= pairShare) {
      encodings.push(encode(tokenizer, text, null, maxLength));
      continue;
    }
    // A draw may round to 1 in float32.
    const cut = 1 + Math.min(Math.floor(place * (sentences.length - 1)), sentences.length - 2);
    const [first, second] = [sentences.slice(0, cut), sentences.slice(cut)];
    encodings.push(encode(tokenizer, first.join(' '), second.join(' '), maxLength));
  }
  return encodings;
}

/** SHA-256 of texts, in hex: of their JSON strings, a line each. */
export function textsSha256(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${JSON.stringify(text)}\n`);
  return hash.digest('hex');
}

/**
 * Mean loss, in nats, of guessing held-out tokens by how often each occurs in training (one occurrence added to each):
 * what a masked-language model has to beat.
 */
export function unigramLoss(
  train: readonly Encoding[],
  targets: readonly number[],
  vocabularySize: number,
  specialIds: ReadonlySet<number>,
): number {
  const counts = new Float64Array(vocabularySize).fill(1);
  for (const { inputIds } of train) for (const id of inputIds) if (!specialIds.has(id)) counts[id]!++;
  for (const id of specialIds) counts[id] = 0;
  const total = counts.reduce((sum, count) => sum + count, 0);
  return targets.reduce((sum, id) => sum - Math.log(counts[id]! / total), 0) / targets.length;
}
