import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { ModelError } from '../model-error.ts';
import { addedTokenSplitter } from './added-tokens.ts';
import { normalize, splitWords } from './bert-words.ts';
import { readDefinition } from './definition.ts';
import type { Piece, Template } from './template.ts';
import { longestFirst } from './truncation.ts';

/**
 * What is used of @huggingface/tokenizers 0.2.0: WordPiece. Its normalizer, pre-tokenizer and added tokens differ from those of
 * Rust. Its declarations import without file endings, so TypeScript sees `any`.
 */
interface Implementation {
  readonly model: { encode(words: string[]): string[] };
}
type TokenizerConstructor = new (tokenizer: object, config: object) => Implementation;

/** Splits words into the tokens of a vocabulary. */
function wordPiece(model: object): (words: string[]) => string[] {
  const none = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, added_tokens: [] };
  const { model: made } = new (HuggingFaceTokenizer as TokenizerConstructor)(
    { ...none, model: { ...model, type: 'WordPiece' } },
    {},
  );
  return (words) => made.encode(words);
}

/** A checkpoint's tokenizer. */
export interface Tokenizer {
  readonly directory: string;
  /** SHA-256 of tokenizer.json followed by tokenizer_config.json, in hex. */
  readonly sha256: string;
  readonly template: Template;
  readonly segments: boolean;
  /** The ids of a text alone, without special tokens. */
  readonly idsOf: (text: string) => number[];
  /** A token's id; undefined of what is no token. */
  readonly idOf: (token: string) => number | undefined;
  /** The largest id that a text can have. */
  readonly largestId: number;
  /** The token of an id, for messages. */
  readonly tokenOf: (id: number) => string;
}

/** A text, or a pair of texts, as token ids with special tokens. */
export interface Encoding {
  readonly inputIds: number[];
  /** Segment of each token. */
  readonly tokenTypeIds: number[];
}

/**
 * Loads a folder's `tokenizer.json` and `tokenizer_config.json`: ids are those of transformers' fast tokenizer of the same
 * folder for every text.
 *
 * @throws ModelError naming the file, or two that contradict each other (see `readDefinition`).
 */
export function loadTokenizer(directory: string): Tokenizer {
  const { model, normalization, addedTokens, idOf, template, segments } = readDefinition(directory);
  const ids = new Map(Object.entries(model.vocab));
  const pieces = wordPiece(model);
  const split = addedTokenSplitter(addedTokens, (text) => normalize(text, normalization));
  const hash = createHash('sha256');
  for (const file of ['tokenizer.json', 'tokenizer_config.json']) hash.update(readFileSync(join(directory, file)));
  return {
    directory,
    sha256: hash.digest('hex'),
    template,
    segments,
    idsOf: (text) =>
      split(text).flatMap((part) =>
        typeof part === 'number' ? [part] : pieces(splitWords(part)).map((token) => ids.get(token)!),
      ),
    idOf,
    largestId: largestOf([...ids.values(), ...addedTokens.map(({ id }) => id), ...specialsOf(template)]),
    tokenOf: (id) =>
      addedTokens.find((token) => token.id === id)?.content ??
      [...ids].find(([, one]) => one === id)?.[0] ??
      `of id ${id}`,
  };
}

/**
 * Token ids and segments of a text or a pair, special tokens included, cut to `maxLength` as HF's
 * `truncation='longest_first'` does. An empty text is an ordinary text: `null`, not '', means that there is no pair.
 *
 * @throws ModelError when the special tokens alone do not fit.
 */
export function encode(tokenizer: Tokenizer, text: string, pair: string | null, maxLength: number): Encoding {
  const { directory, template, segments } = tokenizer;
  const places = pair === null ? template.single : template.pair;
  const first = tokenizer.idsOf(text);
  const second = pair === null ? [] : tokenizer.idsOf(pair);
  const budget = maxLength - places.filter(({ id }) => typeof id === 'number').length;
  if (budget < 0) {
    throw new ModelError(
      `A maximum length of ${maxLength} tokens leaves no room for the special tokens of ${directory}.`,
    );
  }
  const [keptFirst, keptSecond] = longestFirst(first.length, second.length, budget);
  const texts = { A: first.slice(0, keptFirst), B: second.slice(0, keptSecond) };
  const idsAt = ({ id }: Piece): number[] => (typeof id === 'number' ? [id] : texts[id]);
  return {
    inputIds: places.flatMap(idsAt),
    tokenTypeIds: places.flatMap((piece) => idsAt(piece).map(() => (segments ? piece.type : 0))),
  };
}

function specialsOf({ single, pair }: Template): number[] {
  return [...single, ...pair].flatMap(({ id }) => (typeof id === 'number' ? [id] : []));
}

/** Not by Math.max(...): a vocabulary may have more tokens than a call can have arguments. */
function largestOf(ids: readonly number[]): number {
  return ids.reduce((largest, id) => Math.max(largest, id), 0);
}
