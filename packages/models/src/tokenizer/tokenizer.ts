import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, readJsonObject } from '../files.ts';
import { ModelError } from '../model-error.ts';
import { addedTokenSplitter } from './added-tokens.ts';
import { readBpe } from './bpe-definition.ts';
import type { TokenizerDefinition } from './definition.ts';
import type { Piece, Template } from './template.ts';
import { refetch } from './tokenizer-json.ts';
import { longestFirst } from './truncation.ts';
import { readUnigram } from './unigram-definition.ts';
import { readWordPiece } from './wordpiece-definition.ts';

/** A checkpoint's tokenizer. */
export interface Tokenizer {
  readonly directory: string;
  /** SHA-256 of the files that it was read from, one after the other, in hex: tokenizer.json and tokenizer_config.json. */
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
  /** The text of ids, special tokens left out. Absent for a tokenizer of a model that generates none. */
  readonly decode?: (ids: readonly number[]) => string;
  /** What a user should know of how the files were read, a sentence each. */
  readonly notes: readonly string[];
}

/** A text, or a pair of texts, as token ids with special tokens. */
export interface Encoding {
  readonly inputIds: number[];
  /** Segment of each token. */
  readonly tokenTypeIds: number[];
}

/** The kinds of tokenizer.json by the `type` of their model. */
const kinds: Readonly<Record<string, (directory: string, json: Record<string, unknown>) => TokenizerDefinition>> = {
  WordPiece: readWordPiece,
  Unigram: readUnigram,
  BPE: readBpe,
};

/**
 * Loads a folder's `tokenizer.json` and `tokenizer_config.json`, or DeBERTa's `spm.model` where there is no tokenizer.json:
 * ids are those of transformers' fast tokenizer of the same folder for every text.
 *
 * @throws ModelError naming the file, or two that contradict each other (see `readWordPiece`, `readUnigram`, `readBpe`).
 */
export function loadTokenizer(directory: string): Tokenizer {
  const { addedTokens, normalize, idsOf, idOf, vocabulary, template, segments, decode, files, notes } =
    define(directory);
  const split = addedTokenSplitter(addedTokens, normalize);
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return {
    directory,
    sha256: hash.digest('hex'),
    template,
    segments,
    idsOf: (text) => split(text).flatMap((part, i) => (typeof part === 'number' ? [part] : idsOf(part, i === 0))),
    idOf,
    largestId: largestOf([...vocabulary.values(), ...addedTokens.map(({ id }) => id), ...specialsOf(template)]),
    tokenOf: (id) =>
      addedTokens.find((token) => token.id === id)?.content ??
      [...vocabulary].find(([, one]) => one === id)?.[0] ??
      `of id ${id}`,
    ...(decode && { decode }),
    notes,
  };
}

function define(directory: string): TokenizerDefinition {
  const path = join(directory, 'tokenizer.json');
  if (!existsSync(path) && existsSync(join(directory, 'spm.model'))) return readUnigram(directory, null);
  const json = readJsonObject(path, refetch);
  const type = isObject(json['model']) ? (json['model']['type'] ?? 'WordPiece') : 'WordPiece'; // left out by older writers
  const read = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type]! : null;
  if (read) return read(directory, json);
  const known = Object.keys(kinds).join(', ');
  throw new ModelError(
    `${path}: model.type is ${JSON.stringify(type)}, which is not supported; ${known} are. ${refetch}`,
  );
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
