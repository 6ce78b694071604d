/** Decoding token by token, with the keys and values of the tokens before it. */
import { tf } from '@lomap/compile';
import type { CacheOf, CachedDecoding, NextToken } from '../architecture.ts';
import type { TensorBatch } from '../../batch.ts';
import { projections, type KeysAndValues } from './attention.ts';
import type { LlamaConfig } from './config.ts';
import { attentionPath, decoderLayers, decoderRows } from './decoder.ts';
import { rotation } from './rope.ts';

/** The cached decoding of a LLaMA. Keys are kept as attention takes them, turned by their positions. */
export function cachedDecoding(config: LlamaConfig, head: NextToken['head']): CachedDecoding {
  const { layers, heads, keyValueHeads, headSize } = config;
  const group = heads / keyValueHeads;

  const begin: CachedDecoding['begin'] = (context, batch: TensorBatch) => {
    const examples = batch.firstRow.shape[0]!;
    const made: KeysAndValues[] = [];
    const last = { rows: batch.lastRow as tf.Tensor1D, back: batch.rowToLast as tf.Tensor1D };
    const hidden = decoderRows(config, context, batch, last, (one) => made.push(one));
    const byExample = (rows: tf.Tensor3D): tf.Tensor4D =>
      tf.reshape(rows, [keyValueHeads, examples, -1, headSize]) as tf.Tensor4D;
    const cache = {
      keys: made.map(({ key }) => byExample(key)),
      values: made.map(({ value }) => byExample(value)),
    };
    return { logits: head(context, hidden), cache };
  };

  const next: CachedDecoding['next'] = (context, { inputIds, positionIds, parents, mask, cache }) => {
    const rows = inputIds.shape[0]!;
    const inputs = { config, context, rotation: rotation(config, positionIds as tf.Tensor1D) };
    // The new token, the last column, is always seen.
    const seen = tf.reshape(tf.concat([mask as tf.Tensor2D, tf.zeros([rows, 1])], 1), [1, rows, 1, -1]);
    const grown: CacheOf<tf.Tensor> = { keys: [], values: [] };
    const extended = (past: tf.Tensor, made: tf.Tensor2D): tf.Tensor4D => {
      const own = tf.gather(past, parents as tf.Tensor1D, 1) as tf.Tensor4D;
      const added = tf.transpose(tf.reshape(made, [rows, keyValueHeads, 1, headSize]), [1, 0, 2, 3]) as tf.Tensor4D;
      return tf.concat([own, added], 2) as tf.Tensor4D;
    };
    const attend = (layer: number, x: tf.Tensor2D): tf.Tensor2D => {
      const made = projections(inputs, attentionPath(layer), x);
      const keys = extended(cache.keys[layer]!, made.key);
      const values = extended(cache.values[layer]!, made.value);
      grown.keys.push(keys);
      grown.values.push(values);
      const query = tf.transpose(tf.reshape(made.query, [rows, keyValueHeads, group, headSize]), [1, 0, 2, 3]);
      const probabilities = tf.softmax(tf.add(tf.matMul(query, keys, false, true), seen));
      return tf.reshape(tf.transpose(tf.matMul(probabilities, values), [1, 0, 2, 3]), [rows, heads * headSize]);
    };
    const hidden = decoderLayers(config, context, inputIds as tf.Tensor1D, attend);
    return { logits: head(context, hidden), cache: grown };
  };

  return { layers, keyValueHeads, headSize, begin, next };
}
