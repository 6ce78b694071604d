/** DeBERTa's tokenizers: a tokenizer.json with a Unigram model, or the spm.model that it is made of. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isObject } from '../files.ts';
import { ModelError } from '../model-error.ts';
import { contradictionsOf, isOfClass, type TokenizerDefinition } from './definition.ts';
import { normalizerOf, normalizerSchema } from './normalizer.ts';
import { readSentencePiece, type SentencePieceModel } from './sentencepiece.ts';
import { bertTemplate, parseTemplate } from './template.ts';
import { commonSpecials, tokenLists, type TokenLists } from './token-lists.ts';
import { commonConfigKeys, commonKeys, id, parse, readOptionalConfig, refetch } from './tokenizer-json.ts';
import { unigram, type ScoredPiece } from './unigram.ts';

/** SentencePiece's mark of a space: a word begins with it. */
const space = '▁';

const metaspace = z.object({
  type: z.literal('Metaspace'),
  replacement: z.literal(space),
  prepend_scheme: z.literal('always', 'only "always" is supported').default('always'),
  add_prefix_space: z.literal(true).optional(), // in place of prepend_scheme in older files
  split: z.literal(true).default(true),
});

/** The part of a sequence of one. */
function onlyPart(value: unknown): unknown {
  const parts = isObject(value) && value['type'] === 'Sequence' ? value['pretokenizers'] : null;
  return Array.isArray(parts) && parts.length === 1 ? parts[0] : value;
}

const piece = z.custom<ScoredPiece>(
  (value) => Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && Number.isFinite(value[1]),
  'expected a piece and its score',
);

const schema = z.object({
  ...commonKeys,
  normalizer: normalizerSchema,
  pre_tokenizer: z.preprocess(onlyPart, metaspace),
  model: z
    .object({
      type: z.literal('Unigram'),
      unk_id: id,
      vocab: z.array(piece).nonempty(),
      byte_fallback: z.literal(false, 'is not supported').default(false),
    })
    .refine(({ unk_id, vocab }) => unk_id < vocab.length, { path: ['unk_id'], message: 'is no piece of vocab' }),
});
type UnigramJson = Omit<z.infer<typeof schema>, 'pre_tokenizer' | 'truncation'>;

/** tokenizer_config.json with the defaults of transformers' DebertaV2Tokenizer. */
const configSchema = z.looseObject({
  ...commonConfigKeys,
  do_lower_case: z.boolean().default(false),
  split_by_punct: z.literal(false, 'is not supported').default(false),
  add_prefix_space: z.literal(true, 'only true is supported').default(true),
});

/** The special tokens of transformers' DebertaV2Tokenizer. */
const specials = { ...commonSpecials, bos_token: '[CLS]', eos_token: '[SEP]' };

const expected = 'Unigram with the normalizers and the pre-tokenizer of a DeBERTa-v2';

/**
 * Reads tokenizer.json as it is, and spm.model where there is none: then texts are normalised as the model was pretrained,
 * and as transformers 4 does.
 *
 * transformers 5 takes a DebertaV2Tokenizer's pieces from these files and the rest from the class, which leaves the map of
 * characters out. A note says where its ids differ for unusual characters; what would differ for any text is refused.
 *
 * @throws ModelError naming the file, or both files, and what to do.
 */
export function readUnigram(directory: string, json: Readonly<Record<string, unknown>> | null): TokenizerDefinition {
  const [jsonPath, modelPath] = [join(directory, 'tokenizer.json'), join(directory, 'spm.model')];
  const configPath = join(directory, 'tokenizer_config.json');
  const config = readOptionalConfig(configSchema, configPath, 'the configuration of a DebertaV2Tokenizer');
  const isOwnClass = isOfClass('DebertaV2Tokenizer', directory, config.tokenizer_class);
  const source = existsSync(modelPath) ? readSentencePiece(modelPath) : null;
  const isConverted = json === null;
  const path = isConverted ? modelPath : jsonPath;
  const contradiction = contradictionsOf(path);
  const tokenizer = isConverted ? converted(source!, config.do_lower_case) : parse(schema, json, jsonPath, expected);
  const { model, normalizer, added_tokens: added } = tokenizer;

  const ids = new Map(model.vocab.map(([piece], id) => [piece, id]));
  const vocabulary = { size: model.vocab.length, idOf: (content: string) => ids.get(content) };
  const lists = tokenLists(
    { directory, path, vocabulary, added, contradiction, specials: isOwnClass || isConverted ? specials : null },
    config,
  );
  if (source && !isConverted) comparePieces(source, model.vocab, (found) => contradiction(modelPath, found));
  const template = isConverted ? classTemplate(lists) : parseTemplate(tokenizer.post_processor);
  if (template === null)
    throw new ModelError(`${path} lacks the tokens of ${configPath} that begin and end a text. ${refetch}`);
  if (typeof template === 'string') throw new ModelError(`${path}: ${template}. ${refetch}`);
  if (isOwnClass) {
    const fail = (found: string): ModelError => contradiction(configPath, found);
    const lowercases = normalizer.some(({ type }) => type === 'Lowercase');
    if (lowercases !== config.do_lower_case) {
      const does = lowercases ? 'makes texts lower case' : 'keeps upper case';
      throw fail(`the first ${does}, and do_lower_case of the second is ${config.do_lower_case}`);
    }
    const unknown = model.vocab[model.unk_id]![0];
    if (unknown !== lists.special('unk_token')) {
      throw fail(`the unknown token of the first is ${unknown}, and that of the second ${lists.special('unk_token')}`);
    }
    if (JSON.stringify(template) !== JSON.stringify(classTemplate(lists))) {
      throw fail(
        "the second's DebertaV2Tokenizer puts its cls_token and sep_token around texts, and a pair's second text and what " +
          'follows are segment 1; the post_processor of the first does not do so',
      );
    }
  }
  const normalize = normalizerOf(normalizer);
  if (typeof normalize === 'string') throw new ModelError(`${path}: ${normalize}. ${refetch}`);
  const segment = unigram(model.vocab, ids, model.unk_id);
  return {
    ...{ addedTokens: lists.addedTokens, idOf: lists.idOf, template, normalize, vocabulary: ids },
    idsOf: (text) => wordsOf(text).flatMap(segment),
    segments: config.model_input_names?.includes('token_type_ids') ?? true,
    files: [path, configPath].filter((file) => existsSync(file)),
    notes: notesOf(path, isConverted, isOwnClass && normalizer.some(({ type }) => type === 'Precompiled')),
  };
}

/** Metaspace: spaces become marks, the first word has one too, and a word begins at each. */
function wordsOf(text: string): string[] {
  const marked = text.replaceAll(' ', space);
  const prefixed = marked === '' || marked.startsWith(space) ? marked : `${space}${marked}`;
  return prefixed.match(/▁[^▁]*/gu) ?? [];
}

/** What transformers 4's converter makes of a model: the character map it was trained with, between stripping and single spaces. */
function converted({ pieces, unknownId, charsmap }: SentencePieceModel, lowercase: boolean): UnigramJson {
  const added = pieces.flatMap(({ piece, type }, id) =>
    type === 'other'
      ? []
      : [{ id, content: piece, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }],
  );
  const precompiled = Buffer.from(charsmap).toString('base64');
  return {
    added_tokens: added,
    normalizer: [
      ...(lowercase ? [{ type: 'Lowercase' } as const] : []),
      { type: 'Strip', strip_left: true, strip_right: true },
      ...(charsmap.length > 0 ? [{ type: 'Precompiled', precompiled_charsmap: precompiled } as const] : []),
      { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' },
    ],
    model: {
      type: 'Unigram',
      unk_id: unknownId,
      vocab: pieces.map(({ piece, score }): ScoredPiece => [piece, score]) as [ScoredPiece, ...ScoredPiece[]],
      byte_fallback: false,
    },
    post_processor: null,
  };
}

/** DebertaV2Tokenizer's: as BERT's. Null where one of the tokens has no id. */
function classTemplate({ idOf, special }: TokenLists) {
  const [cls, sep] = ['cls_token', 'sep_token'].map((key) => idOf(special(key) ?? ''));
  return cls === undefined || sep === undefined ? null : bertTemplate(cls, sep);
}

/** Fast tokenizers do not read spm.model, slow ones read nothing else. */
function comparePieces(
  { pieces }: SentencePieceModel,
  vocab: readonly ScoredPiece[],
  fail: (found: string) => ModelError,
): void {
  if (pieces.length !== vocab.length) throw fail(`the second has ${pieces.length} pieces, the first ${vocab.length}`);
  pieces.forEach(({ piece, score }, id) => {
    const [other, otherScore] = vocab[id]!;
    if (piece === other && Math.fround(otherScore) === score) return;
    const say = (text: string, value: number): string => `${JSON.stringify(text)} (${value})`;
    throw fail(`the piece ${id} is ${say(piece, score)} in the second and ${say(other, otherScore)} in the first`);
  });
}

function notesOf(path: string, isConverted: boolean, hasMap: boolean): string[] {
  const but =
    'transformers 5 leaves that map out: its ids differ for characters such as ligatures and full-width letters.';
  if (isConverted) {
    return [
      `There is no tokenizer.json: ${path} was read, and texts are normalised by its map of characters, as in pretraining; ${but}`,
    ];
  }
  return hasMap ? [`Texts are normalised by the map of characters of ${path}; ${but}`] : [];
}
