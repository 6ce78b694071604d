import type { tf } from '@lomap/compile';
import type { TensorBatch } from '../../batch.ts';
import type { Context } from '../../context.ts';
import type { Architecture } from '../architecture.ts';
import { activate } from './activation.ts';
import { parseDebertaConfig, type DebertaConfig } from './config.ts';
import { debertaFirstTokens } from './encoder.ts';
import { debertaHead, debertaLinears, debertaRoles, debertaShapes } from './tensors.ts';

/** HF's DebertaV2ForSequenceClassification: DeBERTa-v2 and v3, which differ in their configuration. */
export const deberta: Architecture = {
  type: 'deberta-v2',
  huggingFace: { prefix: 'deberta.', head: debertaHead, classifier: 'DebertaV2ForSequenceClassification' },
  parse(json, path) {
    const config = parseDebertaConfig(json, path);
    return {
      title: 'DeBERTa-v2',
      shapes: (numLabels) => debertaShapes(config, numLabels),
      linears: (numLabels) => debertaLinears(config, numLabels),
      head: debertaHead,
      classifier: 'classifier',
      roles: debertaRoles,
      // A file of the bare encoder leaves out the prefix.
      spellings: (name) => [name, name.replace(/^deberta\./, '')],
      // v3's files hold absolute positions that its configuration does not use, as transformers ignores them.
      isForeign: (name) =>
        /^(deberta\.)?(embeddings|encoder)\./.test(name) && !/\.position_(embeddings|ids)\b/.test(name),
      initializerRange: config.initializerRange,
      isScale: (name) => name.endsWith('LayerNorm.weight'),
      limits: {
        vocabularySize: config.vocabularySize,
        tokenTypes: config.tokenTypes > 0 ? config.tokenTypes : Infinity,
        maxPositions: config.maxPositions,
      },
      attention: { heads: config.heads, dropout: config.attentionDropout },
      classify: (context, batch) => debertaForSequenceClassification(config, context, batch),
      maskedLm: null,
    };
  },
};

/** Logits [B, numLabels]; with one label, the regression's prediction [B, 1]. The pooler is HF's ContextPooler. */
function debertaForSequenceClassification(config: DebertaConfig, context: Context, batch: TensorBatch): tf.Tensor2D {
  const first = debertaFirstTokens(config, context, batch);
  const dense = context.linear('pooler.dense', context.dropout(first, 'pooler.dropout', config.poolerDropout));
  const pooled = activate(dense, config.poolerActivation);
  return context.linear('classifier', context.dropout(pooled, 'dropout', config.classifierDropout));
}
