/** The lists in which a tokenizer's files name tokens, brought together as transformers does, or found to differ. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, readJsonObject } from '../files.ts';
import { ModelError } from '../model-error.ts';
import type { AddedToken } from './added-tokens.ts';
import { refetch, type TokenizerConfig, type TokenizerJson } from './tokenizer-json.ts';

/** Words in which another file is said to contradict tokenizer.json. */
export type Contradiction = (otherPath: string, found: string) => ModelError;

/** transformers' special tokens in the order in which it adds those that are nowhere, as BertTokenizer has them. */
const bertSpecials: Readonly<Record<string, string | null>> = {
  bos_token: null,
  eos_token: null,
  unk_token: '[UNK]',
  sep_token: '[SEP]',
  pad_token: '[PAD]',
  cls_token: '[CLS]',
  mask_token: '[MASK]',
};

/** The tokens of a folder. */
export interface TokenLists {
  readonly addedTokens: readonly AddedToken[];
  /** A token's id; undefined of what is no token. */
  readonly idOf: (content: string) => number | undefined;
  /** A special token's text by its key, such as `cls_token`; null where there is none. */
  readonly special: (key: string) => string | null;
}

/**
 * The tokens of tokenizer.json and those that tokenizer_config.json names beside them, with the ids that Rust's library
 * gives: the vocabulary's, else the next one, whatever the file says. special_tokens_map.json and added_tokens.json must
 * agree: transformers reads them only where tokenizer_config.json has no added_tokens_decoder.
 *
 * @throws ModelError naming the files that contradict each other.
 */
export function tokenLists(
  directory: string,
  tokenizer: TokenizerJson,
  config: TokenizerConfig,
  isBert: boolean,
  contradiction: Contradiction,
): TokenLists {
  const configPath = join(directory, 'tokenizer_config.json');
  const { vocab } = tokenizer.model;
  const added = new Map<string, AddedToken>();
  let next = Object.keys(vocab).length;
  const idOf = (content: string): number | undefined =>
    added.get(content)?.id ?? (Object.hasOwn(vocab, content) ? vocab[content] : undefined);
  const add = (content: string, normalized: boolean, singleWord: boolean): number => {
    const id = idOf(content) ?? next++;
    added.set(content, { id, content, normalized, singleWord });
    return id;
  };

  for (const { id, content, normalized, single_word } of tokenizer.added_tokens) {
    const given = add(content, normalized, single_word);
    if (given === id) continue;
    const path = join(directory, 'tokenizer.json');
    const why = Object.hasOwn(vocab, content) ? 'the vocabulary of the same file' : 'the next one after the vocabulary';
    throw new ModelError(`${path}: the added token ${content} has the id ${id}, and ${given} by ${why}. ${refetch}`);
  }
  const listed = new Set(added.keys());
  if (isObject(config['added_tokens_decoder'])) {
    checkDecoder(config['added_tokens_decoder'], tokenizer, (found) => contradiction(configPath, found));
  }
  const named = namedSpecials(config, isBert);
  const further = [...listOf(config['extra_special_tokens']), ...listOf(config['additional_special_tokens'])];
  for (const content of [...named.values(), ...further]) {
    if (content !== '' && !listed.has(content)) add(content, false, false);
  }
  const custom = Object.entries(config).filter(([key]) => key.endsWith('_token') && !(key in bertSpecials));
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
function namedSpecials(config: TokenizerConfig, isBert: boolean): Map<string, string> {
  const found = Object.entries(bertSpecials).flatMap(([key, byDefault]): [string, string][] => {
    const content = key in config ? contentOf(config[key]) : isBert ? byDefault : null;
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
  { added_tokens }: TokenizerJson,
  fail: (found: string) => ModelError,
): void {
  const line = (id: unknown, token: Readonly<Record<string, unknown>>): string => {
    const { content = null, single_word = false, special = false, normalized = special !== true } = token;
    return `${JSON.stringify(content)} of ${JSON.stringify({ id: Number(id), single_word, normalized, special })}`;
  };
  const first = new Set(added_tokens.map((token) => line(token.id, token)));
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
      if (content !== null && key in bertSpecials && content !== special(key)) {
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
