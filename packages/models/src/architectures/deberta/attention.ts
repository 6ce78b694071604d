import { headLayout, headsToRows, tf, type HeadLayout } from '@lomap/compile';
import type { TensorBatch } from '../../batch.ts';
import type { Context } from '../../context.ts';
import { attend, byHead, oneByHead, oneByRow } from '../attention.ts';
import type { DebertaConfig, RelativePositions } from './config.ts';
import { droppedRows, fromFirst, longestExample, relativeRows, type RelativeRows } from './relative.ts';
import { skewedProduct } from './skewed-product.ts';

/** What the attention of every layer is given, besides its path and its rows. */
export interface AttentionInputs {
  readonly config: DebertaConfig;
  readonly context: Context;
  readonly batch: TensorBatch;
  /** Where keys and values lie: a token at its position. */
  readonly keys: HeadLayout;
  /** Where queries lie: backwards, the token at position i at S - 1 - i. */
  readonly queries: HeadLayout;
  readonly relative: (RelativePositions & { readonly table: RelativeRows }) | null;
}

/** Made once for a batch: what all layers share. */
export function attentionInputs(config: DebertaConfig, context: Context, batch: TensorBatch): AttentionInputs {
  const [toPadded, toPacked] = [batch.toPadded as tf.Tensor1D, batch.toPacked as tf.Tensor1D];
  const { relative } = config;
  return {
    ...{ config, context, batch },
    keys: headLayout(toPadded, toPacked, config.heads),
    queries: backwards(batch, config),
    relative: relative && { ...relative, table: relativeRows({ config, context, batch }, relative) },
  };
}

/**
 * The layout in which each example's positions are in reverse, so that the distance of the query at point a and the key
 * at point c, S - 1 - a - c, depends on their sum alone: what `skewedProduct` takes.
 */
function backwards(batch: TensorBatch, config: DebertaConfig): HeadLayout {
  const [examples, length] = [batch.firstRow.shape[0]!, batch.mask.shape[3]!];
  const longest = longestExample(config);
  const descending = tf.tensor1d(
    Int32Array.from({ length: longest }, (_, k) => longest - 1 - k),
    'int32',
  );
  const positions = tf.slice(descending, [longest - length], [length]); // S - 1, …, 0
  const toPadded = tf.gather(tf.reshape(batch.toPadded, [examples, length]), positions, 1);
  // The point e S + i becomes e S + (S - 1 - i).
  const twice = tf.mul(batch.positionIds, tf.scalar(2, 'int32'));
  const toPacked = tf.sub(tf.add(batch.toPacked, tf.slice(positions, [0], [1])), twice) as tf.Tensor1D;
  return headLayout(tf.reshape(toPadded, [-1]), toPacked, config.heads);
}

/**
 * Disentangled self-attention (arXiv 2006.03654), packed rows to packed rows [N, hidden]. For each head of size d the
 * score of query i and key j is
 *
 *     (Qᵢ·Kⱼ + Qᵢ·Kr[δ(i - j)] + Kⱼ·Qr[δ(i - j)]) / √(terms · d)
 *
 * with the second and third term where the configuration has them, Kr and Qr projections of the table's rows, and δ
 * `rowOfDistance`. The root is applied to Q and Qr, as HF does.
 */
export function selfAttention(inputs: AttentionInputs, path: string, x: tf.Tensor2D): tf.Tensor2D {
  const { config, context, batch, keys, queries, relative } = inputs;
  const query = byHead(scaledQuery(inputs, path, x), batch, queries);
  const key = byHead(context.linear(`${path}.key_proj`, x), batch, keys);
  const value = byHead(context.linear(`${path}.value_proj`, x), batch, keys);
  let scores: tf.Tensor4D = tf.matMul(query, key, false, true);
  if (relative) {
    const { key: relKey, query: relQuery } = projected(inputs, path, relative, relative.table);
    if (relKey) scores = tf.add(scores, skewedProduct(query, relKey));
    if (relQuery) scores = tf.add(scores, tf.transpose(skewedProduct(key, relQuery), [0, 1, 3, 2]));
  }
  const heads = attend(inputs, path, scores, value, config.attentionDropout);
  return headsToRows(tf.reshape(heads, [-1, config.hiddenSize / config.heads]), queries);
}

/**
 * The same for the first tokens: `asking` [B, hidden] are their rows, whose result [B, hidden] is wanted, `x`
 * [N, hidden] all rows, which they attend to.
 */
export function attentionOfFirst(
  inputs: AttentionInputs,
  path: string,
  asking: tf.Tensor2D,
  x: tf.Tensor2D,
): tf.Tensor2D {
  const { config, context, batch, keys, relative } = inputs;
  const query = oneByHead(scaledQuery(inputs, path, asking), config.heads);
  const key = byHead(context.linear(`${path}.key_proj`, x), batch, keys);
  const value = byHead(context.linear(`${path}.value_proj`, x), batch, keys);
  let scores: tf.Tensor4D = tf.matMul(query, key, false, true);
  if (relative) {
    const [heads, examples, length, size] = key.shape;
    const rows = fromFirst(relative.table, length);
    const { key: relKey, query: relQuery } = projected(inputs, path, relative, rows);
    if (relKey) {
      const positions = tf.matMul(tf.reshape(query, [heads, examples, size]), relKey, false, true);
      scores = tf.add(scores, tf.reshape(positions, scores.shape));
    }
    if (relQuery) {
      const positions = tf.sum(tf.mul(key, tf.reshape(relQuery, [heads, 1, length, size])), -1);
      scores = tf.add(scores, tf.reshape(positions, scores.shape));
    }
  }
  return oneByRow(attend(inputs, path, scores, value, config.attentionDropout));
}

function scaledQuery({ config, context }: AttentionInputs, path: string, x: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(context.linear(`${path}.query_proj`, x), scaleOf(config));
}

function scaleOf({ hiddenSize, heads, scoreTerms }: DebertaConfig): number {
  return 1 / Math.sqrt((hiddenSize / heads) * scoreTerms);
}

/**
 * Kr and the scaled Qr of the distances' rows, [heads, n, d] each, where the scores have their term. Shared projections
 * are the content's own: an adapter on them changes both.
 */
function projected(
  inputs: AttentionInputs,
  path: string,
  relative: RelativePositions,
  table: RelativeRows,
): { readonly key: tf.Tensor3D | null; readonly query: tf.Tensor3D | null } {
  const { config, context } = inputs;
  const { contentToPosition, positionToContent, sharesProjections } = relative;
  if (!contentToPosition && !positionToContent) return { key: null, query: null };
  const rows = droppedRows(inputs, path, table, relative);
  const split = (x: tf.Tensor2D): tf.Tensor3D => {
    const separated = tf.reshape(x, [rows.shape[0], config.heads, config.hiddenSize / config.heads]);
    return tf.transpose(separated, [1, 0, 2]) as tf.Tensor3D;
  };
  const key = (): tf.Tensor2D => context.linear(`${path}.${sharesProjections ? 'key_proj' : 'pos_key_proj'}`, rows);
  const query = (): tf.Tensor2D =>
    sharesProjections
      ? scaledQuery(inputs, path, rows)
      : tf.mul(context.linear(`${path}.pos_query_proj`, rows), scaleOf(config));
  return { key: contentToPosition ? split(key()) : null, query: positionToContent ? split(query()) : null };
}
