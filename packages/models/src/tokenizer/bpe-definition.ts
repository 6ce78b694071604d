/** Tokenizers by byte-pair encoding: LLaMA 1 and 2 (characters, and bytes where there is none), LLaMA 3 and GPT-2's kin (bytes). */
import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { reasonOf } from '@lomap/files';
import { z } from 'zod';
import { isObject } from '../files.ts';
import { ModelError } from '../model-error.ts';
import { parseBpeJson, type BpeJson } from './bpe-json.ts';
import { byteCharacters } from './byte-level.ts';
import { decodeWith } from './decode.ts';
import { contradictionsOf, isOfClass, type TokenizerDefinition } from './definition.ts';
import { normalizeWith, preTokenizeWith, type PreTokenize } from './pre-tokenize.ts';
import { parseTemplate, type Template } from './template.ts';
import { tokenLists, type TokenLists } from './token-lists.ts';
import { commonConfigKeys, readConfig, refetch } from './tokenizer-json.ts';

/** What is used of @huggingface/tokenizers 0.2.0: the byte-pair encoding of a piece. */
type Implementation = new (
  tokenizer: object,
  config: object,
) => { readonly model: { encode(words: string[]): string[] } };

const flag = z.boolean().nullish();
const configSchema = z.looseObject({ ...commonConfigKeys, add_bos_token: flag, add_eos_token: flag });
type BpeConfig = z.infer<typeof configSchema>;

/**
 * Reads a byte-pair encoder's tokenizer.json and tokenizer_config.json. Texts are taken apart as tokenizer.json says, whatever
 * class the configuration names: so does transformers 4, and 5 but for a LlamaTokenizer, which a note says.
 *
 * @throws ModelError naming the file, or both files where they contradict each other.
 */
export function readBpe(directory: string, content: Readonly<Record<string, unknown>>): TokenizerDefinition {
  const [path, configPath] = ['tokenizer.json', 'tokenizer_config.json'].map((file) => join(directory, file)) as [
    string,
    string,
  ];
  const contradiction = contradictionsOf(path);
  const json = parseBpeJson(content, path);
  const config = readConfig(configSchema, configPath, 'the configuration of a byte-pair encoder');
  const isLlama = isOfClass('LlamaTokenizer', directory, config.tokenizer_class);
  const vocabulary = new Map(Object.entries(json.model.vocab));
  const lists = tokenLists(
    {
      ...{ directory, path, contradiction, specials: null, added: json.added_tokens },
      vocabulary: { size: vocabulary.size, idOf: (token) => vocabulary.get(token) },
    },
    config,
  );
  const template = templateOf(json.post_processor, path);
  checkEnds(template, lists, config, isLlama, (found) => contradiction(configPath, found));

  const knownPart = known(json, path);
  const encodePieces = bytePairs(json.model);
  const preTokenize = preTokenizer(json, path);
  const decode = decodeWith(json.decoder);
  const contents = new Map(Array.from(vocabulary, ([token, id]) => [id, token]));
  for (const { id, content: token } of lists.addedTokens) contents.set(id, token);
  const specials = new Set(json.added_tokens.filter(({ special }) => special).map(({ id }) => id));
  return {
    ...{ addedTokens: lists.addedTokens, idOf: lists.idOf, vocabulary, template },
    normalize: normalizeWith(json.normalizer),
    idsOf: (text, atStart) =>
      encodePieces(preTokenize(text, atStart).map(knownPart)).map((token) => vocabulary.get(token)!),
    segments: config.model_input_names?.includes('token_type_ids') ?? !isLlama,
    decode: (ids) => decode(ids.flatMap((id) => (specials.has(id) ? [] : (contents.get(id) ?? [])))),
    files: [path, configPath],
    notes: isLlama && json.normalizer.length > 0 ? [spacesNote(path)] : [],
  };
}

function spacesNote(path: string): string {
  return (
    `Spaces are taken as ${path} says, as by transformers 4; transformers 5 takes those of a LlamaTokenizer another way, ` +
    'and its ids differ for texts that begin with a space or hold a special token.'
  );
}

function bytePairs(model: BpeJson['model']): (pieces: string[]) => string[] {
  const none = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, added_tokens: [] };
  const { model: made } = new (HuggingFaceTokenizer as Implementation)({ ...none, model }, {});
  return (pieces) => made.encode(pieces);
}

function preTokenizer(json: BpeJson, path: string): PreTokenize {
  try {
    return preTokenizeWith(json.pre_tokenizer);
  } catch (error) {
    throw new ModelError(
      `${path}: a pre_tokenizer's regular expression cannot be read: ${reasonOf(error)}. ${refetch}`,
    );
  }
}

/**
 * What of a piece has tokens. With byte_fallback everything has; of the bytes of a ByteLevel pre-tokenizer a vocabulary may
 * lack some, as SmolLM2's does, which Rust leaves out before anything is merged.
 *
 * @throws ModelError where a text could be unknown in another way.
 */
function known({ model, pre_tokenizer }: BpeJson, path: string): (piece: string) => string {
  const { vocab, byte_fallback: fallback, unk_token: unknown } = model;
  const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');
  const lacking = byteCharacters.filter((one, byte) => !Object.hasOwn(vocab, fallback ? `<0x${hex(byte)}>` : one));
  const ofBytes = pre_tokenizer.some(({ type }) => type === 'ByteLevel');
  if (!(fallback || ofBytes) || (lacking.length > 0 && (fallback || unknown != null))) {
    throw new ModelError(
      `${path}: expected a vocabulary with all bytes, <0x00> to <0xFF> under byte_fallback, else the characters of a ` +
        `ByteLevel pre-tokenizer; it lacks ${lacking.length} of them. ${refetch}`,
    );
  }
  if (lacking.length === 0) return (piece) => piece;
  const missing = new Set(lacking);
  return (piece) => [...piece].filter((character) => !missing.has(character)).join('');
}

/** Without a post_processor nothing is put around texts; one of ByteLevel concerns places in the text alone. */
function templateOf(postProcessor: unknown, path: string): Template {
  const parts: unknown = isObject(postProcessor) ? (postProcessor['processors'] ?? [postProcessor]) : [];
  const placing = (Array.isArray(parts) ? parts : [parts]).filter(
    (step: unknown) => !(isObject(step) && step['type'] === 'ByteLevel'),
  );
  if (placing.length === 0) {
    const text = { id: 'A', type: 0 } as const;
    return { single: [text], pair: [text, { id: 'B', type: 1 }] };
  }
  const template = placing.length === 1 ? parseTemplate(placing[0]) : 'its post_processor has several templates';
  if (typeof template === 'string') throw new ModelError(`${path}: ${template}. ${refetch}`);
  return template;
}

/** Some versions of transformers put tokens at a text's ends by the configuration, others by the post_processor. */
function checkEnds(
  { single }: Template,
  { special, idOf }: TokenLists,
  config: BpeConfig,
  isLlama: boolean,
  fail: (found: string) => ModelError,
): void {
  const text = single.findIndex(({ id }) => id === 'A');
  const ends = [
    { key: 'add_bos_token', token: special('bos_token'), at: single.slice(0, text), ofLlama: true },
    { key: 'add_eos_token', token: special('eos_token'), at: single.slice(text + 1), ofLlama: false },
  ] as const;
  for (const { key, token, at, ofLlama } of ends) {
    const said = config[key] ?? (isLlama ? ofLlama : null);
    const id = token === null ? undefined : idOf(token);
    const put = at.some((place) => place.id === id);
    if (said === null || said === put) continue;
    throw fail(
      `${key} of the second is ${said}, and the post_processor of the first ${put ? 'puts' : 'does not put'} ${token} there`,
    );
  }
}
