import { ModelError, specialTokens, type Tokenizer } from '@lomap/models';
import type { MaskingVocabulary } from './masking.ts';

/** What masking needs of a BERT tokenizer. Throws a ModelError when it has no [MASK]. */
export function maskingVocabulary(tokenizer: Tokenizer, vocabularySize: number): MaskingVocabulary {
  const maskId = tokenizer.idOf('[MASK]');
  if (maskId === undefined || maskId >= vocabularySize) {
    throw new ModelError(
      `The tokenizer of ${tokenizer.directory} has no token [MASK]: use one of a BERT that was pretrained by masked-language ` +
        'modelling.',
    );
  }
  return { vocabularySize, maskId, specialIds: new Set(specialTokens.flatMap((token) => tokenizer.idOf(token) ?? [])) };
}
