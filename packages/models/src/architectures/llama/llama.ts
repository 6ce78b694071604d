import { tf } from '@lomap/compile';
import type { Architecture, NextToken } from '../architecture.ts';
import { cachedDecoding } from './cached.ts';
import { parseLlamaConfig, type LlamaConfig } from './config.ts';
import { decoderRows } from './decoder.ts';
import {
  classifier,
  embeddings,
  llamaLinears,
  llamaRoles,
  llamaShapes,
  llamaSpellings,
  outputHead,
} from './tensors.ts';

/** HF's LlamaForSequenceClassification and LlamaForCausalLM: LLaMA 1 to 3 and what has their shape. */
export const llama: Architecture = {
  type: 'llama',
  huggingFace: { prefix: 'model.', head: [classifier], classifier: 'LlamaForSequenceClassification' },
  parse(json, path) {
    const config = parseLlamaConfig(json, path);
    const { vocabularySize } = config;
    return {
      title: 'LLaMA',
      shapes: (numLabels) => llamaShapes(config, numLabels),
      linears: (numLabels) => llamaLinears(config, numLabels),
      head: [classifier],
      classifier,
      roles: llamaRoles,
      spellings: llamaSpellings,
      // Old files hold the rotary frequencies, which follow from the configuration.
      isForeign: (name) =>
        /^(model\.)?(embed_tokens|layers|norm)\./.test(name) && !name.endsWith('.rotary_emb.inv_freq'),
      initializerRange: config.initializerRange,
      isScale: (name) => name.endsWith('norm.weight'),
      limits: { vocabularySize, tokenTypes: Infinity, maxPositions: longestSequence(config) },
      attention: { heads: config.heads, dropout: config.attentionDropout },
      classify(context, batch) {
        const last = { rows: batch.lastRow as tf.Tensor1D, back: batch.rowToLast as tf.Tensor1D };
        return context.linear(classifier, decoderRows(config, context, batch, last));
      },
      maskedLm: null,
      nextToken: nextToken(config),
    };
  },
};

/** The frequencies of `dynamic` follow the sequence, up to its factor times the positions of training. */
function longestSequence({ maxPositions, rope }: LlamaConfig): number {
  return rope.type === 'dynamic' ? Math.floor(maxPositions * rope.factor) : maxPositions;
}

function nextToken(config: LlamaConfig): NextToken {
  const hidden: NextToken['hidden'] = (context, batch) =>
    decoderRows(config, context, batch, {
      rows: batch.askedRows as tf.Tensor1D,
      back: batch.rowToAsked as tf.Tensor1D,
    });
  const head: NextToken['head'] = (context, rows) =>
    config.tied
      ? tf.matMul(rows, context.param(embeddings) as tf.Tensor2D, false, true)
      : context.linear(outputHead, rows);
  return {
    vocabularySize: config.vocabularySize,
    hidden,
    head,
    logits: (context, batch) => head(context, hidden(context, batch)),
    cached: cachedDecoding(config, head),
  };
}
