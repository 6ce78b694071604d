import type { HostBatch } from '../batch.ts';
import { pack, type EncodedExample } from './pack.ts';

/**
 * The packed batch of a padded one, as HF models take it: one row of ids, mask and segments an example. Padding is on
 * the right, as BERT's tokenizers put it.
 *
 * @throws RangeError when the parts differ in size or a mask is not ones followed by zeros.
 */
export function fromPadded(
  inputIds: readonly (readonly number[])[],
  attentionMask: readonly (readonly number[])[],
  tokenTypeIds: readonly (readonly number[])[],
  labels: readonly number[],
): HostBatch {
  const examples = inputIds.map((ids, index): EncodedExample => {
    const mask = attentionMask[index];
    const types = tokenTypeIds[index];
    const label = labels[index];
    if (!mask || !types || label === undefined || mask.length !== ids.length || types.length !== ids.length) {
      throw new RangeError(`Row ${index}: ids, mask, segments and label do not belong together.`);
    }
    const length = mask.lastIndexOf(1) + 1;
    if (mask.some((value, position) => value !== (position < length ? 1 : 0))) {
      throw new RangeError(`Row ${index}: the attention mask is not ones followed by zeros, [${mask.join(', ')}].`);
    }
    return { inputIds: ids.slice(0, length), tokenTypeIds: types.slice(0, length), label };
  });
  return pack(examples, examples.length);
}
