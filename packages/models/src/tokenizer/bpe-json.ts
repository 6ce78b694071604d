/** tokenizer.json of byte-pair encoders, as LLaMA's and GPT-2's kin have them. */
import { z } from 'zod';
import { isObject } from '../files.ts';
import { commonKeys, id, parse } from './tokenizer-json.ts';

const flag = z.boolean();

/** A part of the file that is null, one step, or a sequence of them under `key`. */
const stepsOf = <S extends z.ZodType>(key: string, step: S) =>
  z.preprocess((value) => {
    if (value == null) return [];
    return isObject(value) && value['type'] === 'Sequence' ? value[key] : [value];
  }, z.array(step));

const replace = z.object({
  type: z.literal('Replace'),
  pattern: z.strictObject({ String: z.string().min(1) }, 'only plain text is replaced'),
  content: z.string(),
});
const normalizer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Prepend'), prepend: z.string() }),
  replace,
]);

const preTokenizer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ByteLevel'), add_prefix_space: flag, use_regex: flag.default(true) }),
  z.object({
    type: z.literal('Metaspace'),
    replacement: z.string().length(1),
    prepend_scheme: z.enum(['always', 'first', 'never']).default('always'),
    split: flag.default(true),
  }),
  z.object({
    type: z.literal('Split'),
    pattern: z.strictObject({ Regex: z.string() }, 'only a regular expression splits'),
    behavior: z.literal('Isolated', 'only "Isolated" is supported'),
    invert: z.literal(false, 'only false is supported'),
  }),
  z.object({ type: z.literal('Digits'), individual_digits: flag }),
]);

const decoder = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ByteLevel') }),
  replace,
  z.object({ type: z.literal('ByteFallback') }),
  z.object({ type: z.literal('Fuse') }),
  z.object({ type: z.literal('Strip'), content: z.string().length(1), start: id, stop: id }),
]);

const empty = z.literal('', 'is not supported').nullish();
const schema = z.object({
  ...commonKeys,
  normalizer: stepsOf('normalizers', normalizer),
  pre_tokenizer: stepsOf('pretokenizers', preTokenizer),
  model: z.object({
    type: z.literal('BPE'),
    dropout: z.literal(0, 'only tokenization without randomness is supported').nullish(),
    unk_token: z.string().nullish(),
    continuing_subword_prefix: empty,
    end_of_word_suffix: empty,
    byte_fallback: flag.default(false),
    ignore_merges: flag.default(false),
    vocab: z.record(z.string(), id),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
  }),
  decoder: stepsOf('decoders', decoder),
});

export type BpeJson = z.infer<typeof schema>;
export type BpeNormalizer = z.infer<typeof normalizer>;
export type PreTokenizer = z.infer<typeof preTokenizer>;
export type Decoder = z.infer<typeof decoder>;

/** @throws ModelError naming the file and the keys. */
export function parseBpeJson(json: Readonly<Record<string, unknown>>, path: string): BpeJson {
  return parse(schema, json, path, "a byte-pair encoder as LLaMA's and GPT-2's");
}
