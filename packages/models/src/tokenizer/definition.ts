/** What the files of a tokenizer's folder say together, or that they contradict each other. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonObject } from '../files.ts';
import { ModelError } from '../model-error.ts';
import type { AddedToken } from './added-tokens.ts';
import type { BertNormalization } from './bert-words.ts';
import { bertTemplate, parseTemplate, type Template } from './template.ts';
import { checkVocabularyText, tokenLists, type Contradiction, type TokenLists } from './token-lists.ts';
import { readTokenizerConfig, readTokenizerJson, refetch, type TokenizerJson } from './tokenizer-json.ts';

/** Everything that a text's ids depend on. */
export interface TokenizerDefinition {
  readonly model: TokenizerJson['model'];
  readonly normalization: BertNormalization;
  readonly addedTokens: readonly AddedToken[];
  readonly idOf: TokenLists['idOf'];
  readonly template: Template;
  /** Whether the model is told of segments; else all are 0. */
  readonly segments: boolean;
}

/**
 * Reads tokenizer.json, tokenizer_config.json and what lies beside them. Of the class BertTokenizer the configuration decides
 * on lower case, accents and ideographs, of PreTrainedTokenizerFast tokenizer.json does, as in transformers. Nothing is
 * guessed where files name different tokens, or where transformers 4, which takes the rest of a BertTokenizer from
 * tokenizer.json, and transformers 5, which takes it from the class, would give different ids.
 *
 * @throws ModelError naming the file, or both files, and what to do.
 */
export function readDefinition(directory: string): TokenizerDefinition {
  const tokenizerPath = join(directory, 'tokenizer.json');
  const configPath = join(directory, 'tokenizer_config.json');
  const contradiction: Contradiction = (other, found) =>
    new ModelError(
      `${tokenizerPath} and ${other} contradict each other: ${found}. Correct the one that the model was not trained with, ` +
        'or load the folder in transformers, check its ids, and save_pretrained it.',
    );
  const tokenizer = readTokenizerJson(tokenizerPath);
  const config = readTokenizerConfig(configPath);
  const isBert = isBertClass(config.tokenizer_class ?? classInConfig(directory), configPath);
  const { model, normalizer } = tokenizer;
  if (!Object.hasOwn(model.vocab, model.unk_token)) {
    throw new ModelError(`${tokenizerPath}: the vocabulary lacks the unknown token ${model.unk_token}. ${refetch}`);
  }
  const lists = tokenLists(directory, tokenizer, config, isBert, contradiction);
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
  return {
    model,
    normalization: {
      cleanText: normalizer.clean_text,
      chineseCharacters: isBert ? config.tokenize_chinese_chars : normalizer.handle_chinese_chars,
      stripAccents: isBert ? config.strip_accents : normalizer.strip_accents,
      lowercase: isBert ? config.do_lower_case : normalizer.lowercase,
    },
    addedTokens: lists.addedTokens,
    idOf: lists.idOf,
    template,
    segments: config.model_input_names?.includes('token_type_ids') ?? true,
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

/** Whether the class is BertTokenizer, and not the one that takes tokenizer.json as it is. */
function isBertClass(named: string, path: string): boolean {
  const name = named.replace(/Fast$/, '');
  if (name === 'BertTokenizer') return true;
  if (name === 'PreTrainedTokenizer' || name === 'TokenizersBackend') return false;
  throw new ModelError(
    `${path}: the tokenizer_class ${JSON.stringify(named)} is not supported; BertTokenizer and PreTrainedTokenizerFast are.`,
  );
}

/** The class that config.json names, for a tokenizer_config.json that names none; else BERT's. */
function classInConfig(directory: string): string {
  const path = join(directory, 'config.json');
  const named = existsSync(path) ? readJsonObject(path, refetch)['tokenizer_class'] : null;
  return typeof named === 'string' ? named : 'BertTokenizer';
}
