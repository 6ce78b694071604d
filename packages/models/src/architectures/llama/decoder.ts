import { checkpoint, headLayout, rmsNorm, swiglu, takeRows, tf } from '@lomap/compile';
import type { TensorBatch } from '../../batch.ts';
import type { Context } from '../../context.ts';
import { selfAttention, type AttentionInputs, type KeysAndValues } from './attention.ts';
import type { LlamaConfig } from './config.ts';
import { decoderLayout } from './layout.ts';
import { rotation } from './rope.ts';
import { embeddings, layerPath } from './tensors.ts';

/** Some of a batch's packed rows. */
export interface Rows {
  /** int32 [M] */
  readonly rows: tf.Tensor1D;
  /** The place in `rows` of each packed row, M of the others. int32 [N] */
  readonly back: tf.Tensor1D;
}

/**
 * The last hidden state, normalised, of some rows, [M, hidden]: HF LlamaModel's at these tokens.
 *
 * What the last layer computes after attention reaches no other row, so it is computed for these alone.
 *
 * @param keep is given every layer's keys and values, in order.
 */
export function decoderRows(
  config: LlamaConfig,
  context: Context,
  batch: TensorBatch,
  taken: Rows,
  keep: (made: KeysAndValues) => void = () => {},
): tf.Tensor2D {
  const inputs: AttentionInputs = {
    ...{ config, context, ...decoderLayout(config, batch) },
    rotation: rotation(config, batch.positionIds as tf.Tensor1D),
    keys: headLayout(batch.toPadded as tf.Tensor1D, batch.toPacked as tf.Tensor1D, config.keyValueHeads),
    examples: batch.firstRow.shape[0]!,
  };
  const attend = (layer: number, rows: tf.Tensor2D): tf.Tensor2D => {
    const { attended, made } = selfAttention(inputs, attentionPath(layer), rows);
    keep(made);
    return attended;
  };
  const take = (rows: tf.Tensor2D): tf.Tensor2D => takeRows(rows, taken.rows, taken.back);
  return decoderLayers(config, context, batch.inputIds as tf.Tensor1D, attend, take);
}

/** Path of a layer's attention. */
export function attentionPath(layer: number): string {
  return `${layerPath(layer)}.self_attn`;
}

/**
 * The layers on tokens' rows, and the last norm.
 *
 * @param attend a layer's attention before its output map: normalised rows to [n, heads · headSize].
 * @param take the rows that the rest of the last layer is computed for. @default all
 */
export function decoderLayers(
  config: LlamaConfig,
  context: Context,
  inputIds: tf.Tensor1D,
  attend: (layer: number, rows: tf.Tensor2D) => tf.Tensor2D,
  take: (rows: tf.Tensor2D) => tf.Tensor2D = (rows) => rows,
): tf.Tensor2D {
  const norm = (path: string, x: tf.Tensor2D): tf.Tensor2D =>
    rmsNorm(x, context.param(`${path}.weight`) as tf.Tensor1D, config.normEpsilon);
  let hidden = tf.gather(context.param(embeddings) as tf.Tensor2D, inputIds);
  for (let layer = 0; layer < config.layers; layer++) {
    const path = layerPath(layer);
    const taken = layer === config.layers - 1 ? take : (rows: tf.Tensor2D): tf.Tensor2D => rows;
    hidden = checkpoint(hidden);
    const attended = taken(attend(layer, norm(`${path}.input_layernorm`, hidden)));
    const y: tf.Tensor2D = tf.add(taken(hidden), context.linear(`${attentionPath(layer)}.o_proj`, attended));
    hidden = tf.add(y, feedForward(context, `${path}.mlp`, norm(`${path}.post_attention_layernorm`, y)));
  }
  return norm('model.norm', hidden);
}

/** down(silu(gate(x)) ∘ up(x)) */
function feedForward(context: Context, path: string, x: tf.Tensor2D): tf.Tensor2D {
  const inner = swiglu(context.linear(`${path}.gate_proj`, x), context.linear(`${path}.up_proj`, x));
  return context.linear(`${path}.down_proj`, inner);
}
