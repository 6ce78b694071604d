import { checkpoint, headLayout, rmsNorm, swiglu, takeRows, tf } from '@lomap/compile';
import type { TensorBatch } from '../../batch.ts';
import type { Context } from '../../context.ts';
import { selfAttention, type AttentionInputs } from './attention.ts';
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
 */
export function decoderRows(config: LlamaConfig, context: Context, batch: TensorBatch, taken: Rows): tf.Tensor2D {
  const inputs: AttentionInputs = {
    ...{ config, context, ...decoderLayout(config, batch) },
    rotation: rotation(config, batch.positionIds as tf.Tensor1D),
    keys: headLayout(batch.toPadded as tf.Tensor1D, batch.toPacked as tf.Tensor1D, config.keyValueHeads),
    examples: batch.firstRow.shape[0]!,
  };
  const take = (rows: tf.Tensor2D): tf.Tensor2D => takeRows(rows, taken.rows, taken.back);
  let hidden = tf.gather(context.param(embeddings) as tf.Tensor2D, batch.inputIds as tf.Tensor1D);
  for (let layer = 0; layer < config.layers; layer++) {
    const path = layerPath(layer);
    hidden = checkpoint(hidden);
    const normed = norm(inputs, `${path}.input_layernorm`, hidden);
    const attended = selfAttention(inputs, `${path}.self_attn`, normed);
    const last = layer === config.layers - 1;
    hidden = last
      ? afterAttention(inputs, path, take(attended), take(hidden))
      : afterAttention(inputs, path, attended, hidden);
  }
  return norm(inputs, 'model.norm', hidden);
}

/** The rest of a layer, of rows x and what they attended to: y = x + o(attended), then y + down(silu(gate(n)) ∘ up(n)), n = norm(y). */
function afterAttention(inputs: AttentionInputs, path: string, attended: tf.Tensor2D, x: tf.Tensor2D): tf.Tensor2D {
  const linear = (module: string, rows: tf.Tensor2D): tf.Tensor2D => inputs.context.linear(module, rows);
  const y: tf.Tensor2D = tf.add(x, linear(`${path}.self_attn.o_proj`, attended));
  const normed = norm(inputs, `${path}.post_attention_layernorm`, y);
  const inner = swiglu(linear(`${path}.mlp.gate_proj`, normed), linear(`${path}.mlp.up_proj`, normed));
  return tf.add(y, linear(`${path}.mlp.down_proj`, inner));
}

function norm({ config, context }: AttentionInputs, path: string, x: tf.Tensor2D): tf.Tensor2D {
  return rmsNorm(x, context.param(`${path}.weight`) as tf.Tensor1D, config.normEpsilon);
}
