import { tf, type HeadLayout } from '@lomap/compile';
import type { TensorBatch } from '../../batch.ts';
import type { LlamaConfig } from './config.ts';

/** Added to the scores of later tokens: their probability is exactly 0 in float32. */
const masked = -1e9;

/** What attention needs to know of where a batch's tokens lie; made once a batch. */
export interface DecoderLayout {
  /**
   * Queries by key-value head: [keyValueHeads · B, group · S, headSize], the queries of the `group` heads that share a
   * key-value head one after the other along the length, so that no key is repeated.
   */
  readonly queries: HeadLayout;
  /**
   * 0 where a query [S] may see a key [S], -1e9 at later ones, [S, S]. With padding on the right it hides padding too:
   * no real query sees it.
   */
  readonly causal: tf.Tensor2D;
}

/** The layout of a batch's queries and its causal mask. */
export function decoderLayout({ heads, keyValueHeads }: LlamaConfig, batch: TensorBatch): DecoderLayout {
  const examples = batch.firstRow.shape[0]!;
  const group = heads / keyValueHeads;
  const places = tf.cumsum(tf.onesLike(tf.slice(tf.reshape(batch.mask, [examples, -1]), [0, 0], [1, -1])), 1, true);
  const later = tf.greater(places, tf.reshape(places, [-1, 1]));
  return {
    queries: grouped(batch, examples, keyValueHeads, group),
    causal: tf.mul(tf.cast(later, 'float32'), masked) as tf.Tensor2D,
  };
}

function grouped(batch: TensorBatch, examples: number, keyValueHeads: number, group: number): HeadLayout {
  const heads = keyValueHeads * group;
  const int = (value: number): tf.Scalar => tf.scalar(value, 'int32');
  const upTo = (count: number): tf.Tensor =>
    tf.tensor1d(
      Array.from({ length: count }, (_, i) => i),
      'int32',
    );
  const count = (x: tf.Tensor): tf.Tensor => tf.sum(tf.onesLike(x));

  // Of key-value head k, example b, head g of the group and place s: row · heads + k · group + g.
  const head = tf.reshape(upTo(heads), [keyValueHeads, 1, group, 1]);
  const among = (rows: tf.Tensor): tf.Tensor1D =>
    tf.reshape(tf.add(tf.mul(tf.reshape(rows, [1, examples, 1, -1]), int(heads)), head), [-1]);
  const lastRow = tf.sub(count(batch.toPacked), int(1));

  // Of a row at point b·S + s and the head k, g: k · group·B·S + b · group·S + g · S + s.
  const points = count(batch.toPadded);
  const length = tf.max(tf.sum(tf.onesLike(tf.reshape(batch.toPadded, [examples, -1])), 1));
  const row = tf.sub(tf.mul(batch.toPacked, int(group)), tf.mul(batch.positionIds, int(group - 1)));
  const ofHead = tf.add(
    tf.mul(tf.reshape(upTo(keyValueHeads), [-1, 1]), tf.mul(points, int(group))),
    tf.mul(tf.reshape(upTo(group), [1, -1]), length),
  );
  return {
    heads,
    toHeads: among(tf.minimum(batch.toPadded, lastRow)),
    toHeadsOrZero: among(batch.toPadded),
    toRows: tf.reshape(tf.add(tf.reshape(row, [-1, 1]), tf.reshape(ofHead, [1, heads])), [-1]),
  };
}
