import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { readJsonObject } from '../files.ts';
import { ModelError, reasonOf } from '../model-error.ts';
import { longestFirst } from './truncation.ts';

/** What is used of @huggingface/tokenizers. Its own declarations import without file endings, so TypeScript sees `any`. */
interface Implementation {
  encode(text: string, options: { add_special_tokens: boolean }): { ids: (number | undefined)[]; tokens: string[] };
  token_to_id(token: string): number | undefined;
  readonly post_processor: {
    post_process(
      first: string[],
      second: string[] | null,
      addSpecialTokens: boolean,
    ): { tokens: string[]; token_type_ids?: number[] };
  } | null;
}

type TokenizerConstructor = new (tokenizer: object, config: object) => Implementation;

/** A checkpoint's tokenizer. */
export interface Tokenizer {
  readonly directory: string;
  /** SHA-256 of tokenizer.json followed by tokenizer_config.json, in hex. */
  readonly sha256: string;
  readonly implementation: Implementation;
}

/** A text, or a pair of texts, as token ids with special tokens. */
export interface Encoding {
  readonly inputIds: number[];
  /** Segment of each token. */
  readonly tokenTypeIds: number[];
}

const remedy = 'Fetch the whole checkpoint folder again, or save its fast tokenizer with save_pretrained.';

/** Loads `tokenizer.json` and `tokenizer_config.json` of a checkpoint's folder. @throws ModelError naming the file. */
export function loadTokenizer(directory: string): Tokenizer {
  const files = [join(directory, 'tokenizer.json'), join(directory, 'tokenizer_config.json')] as const;
  const tokenizer = readJsonObject(files[0], remedy);
  const config = readJsonObject(files[1], remedy);
  let implementation: Implementation;
  try {
    implementation = new (HuggingFaceTokenizer as TokenizerConstructor)(tokenizer, config);
  } catch (error) {
    throw new ModelError(`${files[0]} is not a tokenizer that can be used: ${reasonOf(error)}. ${remedy}`);
  }
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return { directory, sha256: hash.digest('hex'), implementation };
}

/**
 * Token ids and segments of a text or a pair, special tokens included, cut to `maxLength` as HF's
 * `truncation='longest_first'` does. An empty text is an ordinary text: `null`, not '', means that there is no pair.
 *
 * @throws ModelError when the special tokens alone do not fit, or the vocabulary has no unknown token for a piece.
 */
export function encode(tokenizer: Tokenizer, text: string, pair: string | null, maxLength: number): Encoding {
  const { implementation, directory } = tokenizer;
  const ids = new Map<string, number | undefined>();
  const pieces = (of: string): string[] => {
    const encoding = implementation.encode(of, { add_special_tokens: false });
    encoding.tokens.forEach((token, index) => ids.set(token, encoding.ids[index]));
    return encoding.tokens;
  };
  const first = pieces(text);
  const second = pair === null ? null : pieces(pair);

  const budget = maxLength - compose(implementation, [], second && []).tokens.length;
  if (budget < 0) {
    throw new ModelError(
      `A maximum length of ${maxLength} tokens leaves no room for the special tokens of ${directory}.`,
    );
  }
  const [keptFirst, keptSecond] = longestFirst(first.length, second?.length ?? 0, budget);
  const { tokens, types } = compose(implementation, first.slice(0, keptFirst), second && second.slice(0, keptSecond));
  const inputIds = tokens.map((token) => {
    const id = ids.get(token) ?? implementation.token_to_id(token);
    if (id === undefined)
      throw new ModelError(`${directory}: the tokenizer has no id for the token ${token}. ${remedy}`);
    return id;
  });
  return { inputIds, tokenTypeIds: types };
}

/** Tokens in the tokenizer's template, with the segment of each; 0 where the template names none. */
function compose(
  implementation: Implementation,
  first: string[],
  second: string[] | null,
): { tokens: string[]; types: number[] } {
  const output = implementation.post_processor
    ? implementation.post_processor.post_process(first, second, true)
    : { tokens: [...first, ...(second ?? [])] };
  return { tokens: output.tokens, types: output.token_type_ids ?? output.tokens.map(() => 0) };
}
