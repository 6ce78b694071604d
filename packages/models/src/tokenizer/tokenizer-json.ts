/** The two files of a tokenizer, each checked by itself: what all kinds have, and WordPiece's. */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { isObject, readJsonObject } from '../files.ts';
import { ModelError } from '../model-error.ts';

export const refetch = 'Fetch the whole checkpoint folder again, or save its fast tokenizer with save_pretrained.';

const flag = z.boolean();
/** A token's id. */
export const id = z.int().nonnegative();
const vocabulary = z.custom<Readonly<Record<string, number>>>(
  (value) => isObject(value) && Object.values(value).every((one) => id.safeParse(one).success),
  'expected an object of tokens and their ids',
);

const addedToken = z.object({
  id,
  content: z.string(),
  single_word: flag,
  lstrip: flag.default(false),
  rstrip: flag.default(false),
  normalized: flag,
  special: flag,
});
export type AddedTokenJson = z.infer<typeof addedToken>;

/** What every kind's tokenizer.json has. `post_processor` is read elsewhere. */
export const commonKeys = {
  added_tokens: z.array(addedToken),
  post_processor: z.unknown(),
  truncation: z
    .object({ direction: z.literal('Right', 'only texts cut on the right are supported').default('Right') })
    .nullish(),
};

/** tokenizer.json as BERT's tokenizers have it. */
const tokenizerSchema = z.object({
  ...commonKeys,
  normalizer: z.object({
    type: z.literal('BertNormalizer'),
    clean_text: flag,
    handle_chinese_chars: flag,
    strip_accents: flag.nullable(),
    lowercase: flag,
  }),
  pre_tokenizer: z.object({ type: z.literal('BertPreTokenizer') }),
  model: z.object({
    type: z.literal('WordPiece').optional(), // left out by older writers
    unk_token: z.string(),
    continuing_subword_prefix: z.string(),
    max_input_chars_per_word: z.int().positive(),
    vocab: vocabulary,
  }),
});
export type TokenizerJson = z.infer<typeof tokenizerSchema>;

/** What every kind's tokenizer_config.json may have that ids depend on. */
export const commonConfigKeys = {
  tokenizer_class: z.string().nullish(),
  split_special_tokens: z.literal(false, 'special tokens in a text are not split here').default(false),
  truncation_side: z.literal('right', 'only texts cut on the right are supported').default('right'),
  model_input_names: z.array(z.string()).optional(),
};

/** tokenizer_config.json with the defaults of transformers' BertTokenizer, and every other key. */
const configSchema = z.looseObject({
  ...commonConfigKeys,
  do_lower_case: flag.default(true),
  tokenize_chinese_chars: flag.default(true),
  strip_accents: flag.nullable().default(null),
});
export type TokenizerConfig = z.infer<typeof configSchema>;

/** @throws ModelError naming the file and the keys. */
export function readTokenizerJson(json: Readonly<Record<string, unknown>>, path: string): TokenizerJson {
  return parse(tokenizerSchema, json, path, "WordPiece with BERT's normalizer and pre-tokenizer");
}

/** @throws ModelError naming the file and the keys. */
export function readTokenizerConfig(path: string): TokenizerConfig {
  return readConfig(configSchema, path, 'the configuration of a BertTokenizer');
}

/** A tokenizer_config.json. @throws ModelError naming the file and the keys. */
export function readConfig<S extends z.ZodType>(schema: S, path: string, expected: string): z.infer<S> {
  const json = readJsonObject(path, refetch);
  if (isObject(json['auto_map']) && 'AutoTokenizer' in json['auto_map']) {
    throw new ModelError(`${path}: auto_map names a tokenizer in code of its own, which is not executed. ${refetch}`);
  }
  return parse(schema, json, path, expected);
}

/** The same of a folder that may lack the file, whose keys then all have their defaults. */
export function readOptionalConfig<S extends z.ZodType>(schema: S, path: string, expected: string): z.infer<S> {
  return existsSync(path) ? readConfig(schema, path, expected) : schema.parse({});
}

/** A file's content by its schema. @throws ModelError naming the file, the keys, and what was expected. */
export function parse<S extends z.ZodType>(
  schema: S,
  json: Readonly<Record<string, unknown>>,
  path: string,
  expected: string,
): z.infer<S> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 5).map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new ModelError(`${path} cannot be used (expected was ${expected}):\n${issues.join('\n')}\n${refetch}`);
}
