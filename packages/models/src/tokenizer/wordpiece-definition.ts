/** What the files of a BERT's tokenizer say together, or that they contradict each other. */
import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { ModelError } from '../model-error.ts';
import { normalize, splitWords } from './bert-words.ts';
import { contradictionsOf, isOfClass, type TokenizerDefinition } from './definition.ts';
import { bertTemplate, parseTemplate, type Template } from './template.ts';
import { checkVocabularyText, commonSpecials, tokenLists, type TokenLists } from './token-lists.ts';
import { readTokenizerConfig, readTokenizerJson, refetch, type TokenizerJson } from './tokenizer-json.ts';

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

/**
 * Reads tokenizer.json, tokenizer_config.json and what lies beside them. Of the class BertTokenizer the configuration decides
 * on lower case, accents and ideographs, of PreTrainedTokenizerFast tokenizer.json does, as in transformers. Nothing is
 * guessed where files name different tokens, or where transformers 4, which takes the rest of a BertTokenizer from
 * tokenizer.json, and transformers 5, which takes it from the class, would give different ids.
 *
 * @throws ModelError naming the file, or both files, and what to do.
 */
export function readWordPiece(directory: string, json: Readonly<Record<string, unknown>>): TokenizerDefinition {
  const tokenizerPath = join(directory, 'tokenizer.json');
  const configPath = join(directory, 'tokenizer_config.json');
  const contradiction = contradictionsOf(tokenizerPath);
  const tokenizer = readTokenizerJson(json, tokenizerPath);
  const config = readTokenizerConfig(configPath);
  const isBert = isOfClass('BertTokenizer', directory, config.tokenizer_class);
  const { model, normalizer } = tokenizer;
  if (!Object.hasOwn(model.vocab, model.unk_token)) {
    throw new ModelError(`${tokenizerPath}: the vocabulary lacks the unknown token ${model.unk_token}. ${refetch}`);
  }
  const ids = new Map(Object.entries(model.vocab));
  const vocabulary = { size: ids.size, idOf: (token: string) => ids.get(token) };
  const specials = isBert ? commonSpecials : null;
  const { added_tokens: added } = tokenizer;
  const lists = tokenLists({ directory, path: tokenizerPath, vocabulary, added, specials, contradiction }, config);
  checkVocabularyText(directory, model.vocab, lists, contradiction);
  if (tokenizer.post_processor == null) {
    throw contradiction(
      configPath,
      'the first has no post_processor, which puts [CLS] and [SEP] around texts, and the second is that of a BERT ' +
        '(transformers 4 adds no such tokens, transformers 5 does for a BertTokenizer)',
    );
  }
  const template = parseTemplate(tokenizer.post_processor);
  if (typeof template === 'string') throw new ModelError(`${tokenizerPath}: ${template}. ${refetch}`);
  if (isBert) checkBert(tokenizer, template, lists, (found) => contradiction(configPath, found));
  const normalization = {
    cleanText: normalizer.clean_text,
    chineseCharacters: isBert ? config.tokenize_chinese_chars : normalizer.handle_chinese_chars,
    stripAccents: isBert ? config.strip_accents : normalizer.strip_accents,
    lowercase: isBert ? config.do_lower_case : normalizer.lowercase,
  };
  const pieces = wordPiece(model);
  return {
    ...{ addedTokens: lists.addedTokens, idOf: lists.idOf, vocabulary: ids, template },
    normalize: (text) => normalize(text, normalization),
    idsOf: (text) => pieces(splitWords(text)).map((token) => ids.get(token)!),
    segments: config.model_input_names?.includes('token_type_ids') ?? true,
    files: [tokenizerPath, configPath],
    notes: [],
  };
}

/** What transformers 4 takes from tokenizer.json and transformers 5 from the class has to be the same. */
function checkBert(
  { model, normalizer }: TokenizerJson,
  template: Template,
  { idOf, special }: TokenLists,
  fail: (found: string) => ModelError,
): void {
  const fixed: readonly (readonly [key: string, found: unknown, ofClass: unknown])[] = [
    ['normalizer.clean_text', normalizer.clean_text, true],
    ['model.continuing_subword_prefix', model.continuing_subword_prefix, '##'],
    ['model.max_input_chars_per_word', model.max_input_chars_per_word, 100],
    ['model.unk_token', model.unk_token, special('unk_token')],
  ];
  for (const [key, found, ofClass] of fixed) {
    if (found === ofClass) continue;
    throw fail(
      `${key} of the first is ${JSON.stringify(found)}, and the second's BertTokenizer has ${JSON.stringify(ofClass)}`,
    );
  }
  const [cls, sep] = [special('cls_token'), special('sep_token')];
  const ids = [cls, sep].map((token) => (token === null ? undefined : idOf(token)));
  const expected = bertTemplate(ids[0] ?? -1, ids[1] ?? -1);
  if (JSON.stringify(expected) === JSON.stringify(template)) return;
  throw fail(
    `the second's BertTokenizer puts ${cls} (id ${ids[0]}) and ${sep} (id ${ids[1]}) around texts, and a pair's second text and ` +
      'what follows are segment 1; the post_processor of the first does not do so',
  );
}
