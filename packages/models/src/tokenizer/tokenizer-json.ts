/** The two files of a tokenizer, each checked by itself. */
import { z } from 'zod';
import { isObject, readJsonObject } from '../files.ts';
import { ModelError } from '../model-error.ts';

export const refetch = 'Fetch the whole checkpoint folder again, or save its fast tokenizer with save_pretrained.';

const flag = z.boolean();
const id = z.int().nonnegative();
const vocabulary = z.custom<Readonly<Record<string, number>>>(
  (value) => isObject(value) && Object.values(value).every((one) => id.safeParse(one).success),
  'expected an object of tokens and their ids',
);

/** tokenizer.json as BERT's tokenizers have it. `post_processor` and `truncation` are read elsewhere. */
const tokenizerSchema = z.object({
  added_tokens: z.array(z.object({ id, content: z.string(), single_word: flag, normalized: flag, special: flag })),
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
  post_processor: z.unknown(),
  truncation: z
    .object({ direction: z.literal('Right', 'only texts cut on the right are supported').default('Right') })
    .nullish(),
});
export type TokenizerJson = z.infer<typeof tokenizerSchema>;

/** tokenizer_config.json: what ids depend on, with the defaults of transformers' BertTokenizer, and every other key. */
const configSchema = z.looseObject({
  tokenizer_class: z.string().nullish(),
  do_lower_case: flag.default(true),
  tokenize_chinese_chars: flag.default(true),
  strip_accents: flag.nullable().default(null),
  split_special_tokens: z.literal(false, 'special tokens in a text are not split here').default(false),
  truncation_side: z.literal('right', 'only texts cut on the right are supported').default('right'),
  model_input_names: z.array(z.string()).optional(),
});
export type TokenizerConfig = z.infer<typeof configSchema>;

/** @throws ModelError naming the file and the keys. */
export function readTokenizerJson(path: string): TokenizerJson {
  return parse(tokenizerSchema, path, "WordPiece with BERT's normalizer and pre-tokenizer is the one kind that can be");
}

/** @throws ModelError naming the file and the keys. */
export function readTokenizerConfig(path: string): TokenizerConfig {
  const config = parse(configSchema, path, 'expected was the configuration of a BertTokenizer');
  if (isObject(config['auto_map']) && 'AutoTokenizer' in config['auto_map']) {
    throw new ModelError(`${path}: auto_map names a tokenizer in code of its own, which is not executed. ${refetch}`);
  }
  return config;
}

function parse<S extends z.ZodType>(schema: S, path: string, expected: string): z.infer<S> {
  const parsed = schema.safeParse(readJsonObject(path, refetch));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 5).map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new ModelError(`${path} is not a tokenizer that can be used (${expected}):\n${issues.join('\n')}\n${refetch}`);
}
