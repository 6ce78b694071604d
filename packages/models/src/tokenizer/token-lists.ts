/** The lists in which a tokenizer's files name tokens, brought together as transformers does, or found to differ. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, readJsonObject } from '../files.ts';
import { ModelError } from '../model-error.ts';
import type { AddedToken } from './added-tokens.ts';
import { refetch, type AddedTokenJson } from './tokenizer-json.ts';

/** Words in which another file is said to contradict the tokenizer's first. */
export type Contradiction = (otherPath: string, found: string) => ModelError;

/** Special tokens by their keys, in the order in which transformers adds those that are nowhere; null for none. */
export type Specials = Readonly<Record<string, string | null>>;

/** The keys of transformers' special tokens, with the tokens that every class here has for them unless a file says otherwise. */
export const commonSpecials = {
  bos_token: null,
  eos_token: null,
  unk_token: '[UNK]',
  sep_token: '[SEP]',
  pad_token: '[PAD]',
  cls_token: '[CLS]',
  mask_token: '[MASK]',
} as const satisfies Specials;

/** A folder whose tokens are brought together. */
export interface TokenSource {
  readonly directory: string;
  /** The file of the vocabulary: tokenizer.json, or what it is made of. */
  readonly path: string;
  /** The model's own tokens: their number and their ids. */
  readonly vocabulary: { readonly size: number; idOf(token: string): number | undefined };
  /** `added_tokens` of the file. */
  readonly added: readonly AddedTokenJson[];
  /** The class's special tokens; null where the class has none of its own. */
  readonly specials: Specials | null;
  readonly contradiction: Contradiction;
}

/** The tokens of a folder. */
export interface TokenLists {
  readonly addedTokens: readonly AddedToken[];
  /** A token's id; undefined of what is no token. */
  readonly idOf: (content: string) => number | undefined;
  /** A special token's text by its key, such as `cls_token`; null where there is none. */
  readonly special: (key: string) => string | null;
}

/**
 * The tokens of a vocabulary's file and those that tokenizer_config.json names beside them, with the ids that Rust's library
 * gives: the vocabulary's, else the next one, whatever the file says. special_tokens_map.json and added_tokens.json must
 * agree: transformers reads them only where tokenizer_config.json has no added_tokens_decoder.
 *
 * @throws ModelError naming the files that contradict each other.
 */
export function tokenLists(source: TokenSource, config: Readonly<Record<string, unknown>>): TokenLists {
  const { directory, path, vocabulary, contradiction } = source;
  const configPath = join(directory, 'tokenizer_config.json');
  const added = new Map<string, AddedToken>();
  let next = vocabulary.size;
  const idOf = (content: string): number | undefined => added.get(content)?.id ?? vocabulary.idOf(content);
  const add = (token: Omit<AddedToken, 'id'>): number => {
    const id = idOf(token.content) ?? next++;
    added.set(token.content, { ...token, id });
    return id;
  };

  for (const { id, content, normalized, single_word, lstrip, rstrip } of source.added) {
    const given = add({ content, normalized, singleWord: single_word, spacesBefore: lstrip, spacesAfter: rstrip });
    if (given === id) continue;
    const isOwn = vocabulary.idOf(content) !== undefined;
    const why = isOwn ? 'the vocabulary of the same file' : 'the next one after the vocabulary';
    throw new ModelError(`${path}: the added token ${content} has the id ${id}, and ${given} by ${why}. ${refetch}`);
  }
  const listed = new Set(added.keys());
  if (isObject(config['added_tokens_decoder'])) {
    checkDecoder(config['added_tokens_decoder'], source.added, (found) => contradiction(configPath, found));
  }
  const named = namedSpecials(config, source.specials);
  const further = [...listOf(config['extra_special_tokens']), ...listOf(config['additional_special_tokens'])];
  for (const content of [...named.values(), ...further]) {
    if (content === '' || listed.has(content)) continue;
    add({ content, normalized: false, singleWord: false, spacesBefore: false, spacesAfter: false });
  }
  const custom = Object.entries(config).filter(([key]) => key.endsWith('_token') && !(key in commonSpecials));
  for (const [key, value] of custom) {
    const content = contentOf(value);
    if (content === null || idOf(content) !== undefined) continue;
    throw contradiction(configPath, `${key} of the second is ${content}, which is no token of the first`);
  }
  const lists: TokenLists = { addedTokens: [...added.values()], idOf, special: (key) => named.get(key) ?? null };
  if (!isObject(config['added_tokens_decoder'])) checkOldLists(directory, lists, contradiction);
  return lists;
}

/** Special tokens by their keys. */
function namedSpecials(config: Readonly<Record<string, unknown>>, specials: Specials | null): Map<string, string> {
  const found = Object.keys(commonSpecials).flatMap((key): [string, string][] => {
    const content = key in config ? contentOf(config[key]) : (specials?.[key] ?? null);
    return content === null ? [] : [[key, content]];
  });
  return new Map(found);
}

/** A token that is written as text or as an object with its flags. */
function contentOf(token: unknown): string | null {
  const content = isObject(token) ? token['content'] : token;
  return typeof content === 'string' ? content : null;
}

function listOf(tokens: unknown): string[] {
  const values = Array.isArray(tokens) ? tokens : isObject(tokens) ? Object.values(tokens) : [];
  return values.flatMap((token) => contentOf(token) ?? []);
}

/** transformers 4 takes the tokens of tokenizer.json and adds those of the decoder, transformers 5 the decoder's alone. */
function checkDecoder(
  decoder: Readonly<Record<string, unknown>>,
  added: readonly AddedTokenJson[],
  fail: (found: string) => ModelError,
): void {
  const line = (id: unknown, token: Readonly<Record<string, unknown>>): string => {
    const { content = null, single_word = false, special = false, normalized = special !== true } = token;
    return `${JSON.stringify(content)} of ${JSON.stringify({ id: Number(id), single_word, normalized, special })}`;
  };
  const first = new Set(added.map((token) => line(token.id, token)));
  const second = new Set(Object.entries(decoder).map(([id, token]) => line(id, isObject(token) ? token : {})));
  const only = (some: Set<string>, others: Set<string>): string | undefined =>
    [...some].find((one) => !others.has(one));
  const inFirst = only(first, second);
  if (inFirst !== undefined) throw fail(`added_tokens_decoder of the second lacks the first's added token ${inFirst}`);
  const inSecond = only(second, first);
  if (inSecond !== undefined) throw fail(`added_tokens of the first lacks ${inSecond}, which added_tokens_decoder has`);
}

/** The files in which older versions of transformers wrote special and added tokens. */
function checkOldLists(directory: string, { idOf, special }: TokenLists, contradiction: Contradiction): void {
  const mapPath = join(directory, 'special_tokens_map.json');
  if (existsSync(mapPath)) {
    for (const [key, value] of Object.entries(readJsonObject(mapPath, refetch))) {
      const content = contentOf(value);
      if (content !== null && key in commonSpecials && content !== special(key)) {
        throw contradiction(
          mapPath,
          `${key} of the second is ${content}; ${special(key) ?? 'none'} is that of tokenizer_config.json`,
        );
      }
      const unknown = [...listOf(value), ...(content === null ? [] : [content])].find((one) => idOf(one) === undefined);
      if (unknown !== undefined)
        throw contradiction(mapPath, `${key} names ${unknown}, which is no token of the first`);
    }
  }
  const addedPath = join(directory, 'added_tokens.json');
  if (!existsSync(addedPath)) return;
  for (const [content, id] of Object.entries(readJsonObject(addedPath, refetch))) {
    if (idOf(content) === id) continue;
    throw contradiction(
      addedPath,
      `${content} has the id ${String(id)} in the second and ${idOf(content) ?? 'none'} in the first`,
    );
  }
}

/**
 * Compares the vocabulary with the one of vocab.txt, where there is one: a token a line. Fast tokenizers do not read it, slow
 * ones read nothing else.
 *
 * @throws ModelError naming both files and the line.
 */
export function checkVocabularyText(
  directory: string,
  vocab: Readonly<Record<string, number>>,
  { idOf }: TokenLists,
  contradiction: Contradiction,
): void {
  const path = join(directory, 'vocab.txt');
  if (!existsSync(path)) return;
  const lines = readFileSync(path, 'utf8').split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  const ids = new Map(lines.map((token, line) => [token, line]));
  for (const [token, line] of ids) {
    if (idOf(token) === line) continue;
    throw contradiction(
      path,
      `line ${line + 1} of the second gives ${JSON.stringify(token)} the id ${line}, the first ${idOf(token) ?? 'none'}`,
    );
  }
  const lacking = Object.keys(vocab).find((token) => !ids.has(token));
  if (lacking !== undefined) throw contradiction(path, `the second lacks the first's token ${JSON.stringify(lacking)}`);
}
