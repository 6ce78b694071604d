/** What a kind of tokenizer makes of its folder's files. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonObject } from '../files.ts';
import { ModelError } from '../model-error.ts';
import type { AddedToken } from './added-tokens.ts';
import type { Template } from './template.ts';
import type { Contradiction } from './token-lists.ts';
import { refetch } from './tokenizer-json.ts';

/** Everything that a text's ids depend on. */
export interface TokenizerDefinition {
  readonly addedTokens: readonly AddedToken[];
  /** Normalises what lies between added tokens. */
  readonly normalize: (text: string) => string;
  /** The ids of a normalised text without added tokens; `atStart` of one that begins the whole text. */
  readonly idsOf: (text: string, atStart: boolean) => number[];
  /** The ids of the model's own tokens. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** A token's id, whether of the model or added; undefined of what is no token. */
  readonly idOf: (token: string) => number | undefined;
  readonly template: Template;
  /** Whether the model is told of segments; else all are 0. */
  readonly segments: boolean;
  /** The text of ids, special tokens left out. Absent for a tokenizer of a model that generates none. */
  readonly decode?: (ids: readonly number[]) => string;
  /** The files that it was read from. */
  readonly files: readonly string[];
  /** What a user should know, a sentence each. */
  readonly notes: readonly string[];
}

/** Words in which another file is said to contradict this one. */
export function contradictionsOf(path: string): Contradiction {
  return (other, found) =>
    new ModelError(
      `${path} and ${other} contradict each other: ${found}. Correct the one that the model was not trained with, ` +
        'or load the folder in transformers, check its ids, and save_pretrained it.',
    );
}

/**
 * Whether a folder's tokenizer is of the class of transformers that its kind has, and not of the one that takes
 * tokenizer.json as it is. Where tokenizer_config.json names no class config.json may; else it is the kind's.
 *
 * @throws ModelError for a class that is neither.
 */
export function isOfClass(ownClass: string, directory: string, named: string | null | undefined): boolean {
  const name = (named ?? classInConfig(directory) ?? ownClass).replace(/Fast$/, '');
  if (name === ownClass) return true;
  if (name === 'PreTrainedTokenizer' || name === 'TokenizersBackend') return false;
  throw new ModelError(
    `${join(directory, 'tokenizer_config.json')}: the tokenizer_class ${JSON.stringify(named ?? name)} is not supported; ` +
      `${ownClass} and PreTrainedTokenizerFast are.`,
  );
}

function classInConfig(directory: string): string | null {
  const path = join(directory, 'config.json');
  const named = existsSync(path) ? readJsonObject(path, refetch)['tokenizer_class'] : null;
  return typeof named === 'string' ? named : null;
}
