/** Whether the ids of a tokenizer are rows of a model's embeddings. */
import type { Encoding, Tokenizer } from './tokenizer.ts';

/** Rows of the tables that tokens index: a model's `limits`; Infinity where it has no such table. */
export interface TableSizes {
  /** Rows of the word embedding. */
  readonly vocabularySize: number;
  /** Rows of the segment embedding. */
  readonly tokenTypes: number;
  /** Rows of the position embedding. */
  readonly maxPositions: number;
}

/** Whether some text, cut to `maxLength`, could need a row that a table lacks. Where not, none has to be looked at. */
export function mayExceed(
  { largestId, template, segments }: Tokenizer,
  { vocabularySize, tokenTypes, maxPositions }: TableSizes,
  maxLength: number,
): boolean {
  const largestType = segments ? Math.max(...[...template.single, ...template.pair].map(({ type }) => type)) : 0;
  return largestId >= vocabularySize || largestType >= tokenTypes || maxLength > maxPositions;
}

/** What of a text needs a row that a table lacks, and what to do, in sentences; null where it needs none. */
export function exceeding(
  { tokenOf, directory }: Tokenizer,
  { inputIds, tokenTypeIds }: Encoding,
  { vocabularySize, tokenTypes, maxPositions }: TableSizes,
): string | null {
  const id = inputIds.find((one) => one >= vocabularySize);
  if (id !== undefined) {
    return (
      `the token ${JSON.stringify(tokenOf(id))} has the id ${id} in ${directory}, whose model's word embedding has ` +
      `${vocabularySize} rows (ids 0 to ${vocabularySize - 1}). Take the token out of tokenizer.json and ` +
      'tokenizer_config.json, or give the model a row for it in transformers, with resize_token_embeddings, and save it.'
    );
  }
  const type = tokenTypeIds.find((one) => one >= tokenTypes);
  if (type !== undefined) {
    return (
      `a part of the text is segment ${type} by the post_processor of ${directory}, whose model's segment embedding has ` +
      `${tokenTypes} rows (type_vocab_size of config.json). Use a task of single texts, or a model that knows pairs.`
    );
  }
  if (inputIds.length <= maxPositions) return null;
  return `the text has ${inputIds.length} tokens, and the model of ${directory} ${maxPositions} positions. Lower training.maxLength.`;
}
