import { z } from 'zod';
import { ModelError } from '../../model-error.ts';

/** What of a BERT checkpoint's `config.json` the model depends on. */
export interface BertConfig {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly intermediateSize: number;
  /** Longest sequence: rows of the position embedding. */
  readonly maxPositions: number;
  /** Rows of the segment embedding. */
  readonly tokenTypes: number;
  readonly layerNormEpsilon: number;
  /** Dropout rate after the embeddings and after both output maps of a layer. */
  readonly hiddenDropout: number;
  /** Dropout rate on the attention probabilities. */
  readonly attentionDropout: number;
  /** Dropout rate in front of the classifier: `classifier_dropout`, or the hidden one where that is null. */
  readonly classifierDropout: number;
  /** Standard deviation of fresh weights. */
  readonly initializerRange: number;
}

const size = z.int().positive();
const rate = z.number().min(0).lt(1);

// Defaults are those of HF's BertConfig, which older checkpoints leave out. Sizes have none: a guess could load.
const schema = z
  .looseObject({
    vocab_size: size,
    hidden_size: size,
    num_hidden_layers: size,
    num_attention_heads: size,
    intermediate_size: size,
    max_position_embeddings: size.default(512),
    type_vocab_size: size.default(2),
    layer_norm_eps: z.number().positive().default(1e-12),
    hidden_act: z.literal('gelu', 'only the activation "gelu" (exact, by erf) is supported').default('gelu'),
    position_embedding_type: z.literal('absolute', 'only "absolute" positions are supported').default('absolute'),
    is_decoder: z.literal(false, 'only encoders are supported').default(false),
    add_cross_attention: z.literal(false, 'cross-attention is not supported').default(false),
    hidden_dropout_prob: rate.default(0.1),
    attention_probs_dropout_prob: rate.default(0.1),
    classifier_dropout: rate.nullable().default(null),
    initializer_range: z.number().positive().default(0.02),
  })
  .refine((config) => config.hidden_size % config.num_attention_heads === 0, {
    path: ['hidden_size'],
    message: 'is not divisible by num_attention_heads',
  });

/**
 * The BERT configuration in a parsed `config.json`. Unknown keys are ignored, used ones are checked.
 *
 * @param path of the file, for messages.
 * @throws ModelError that lists every wrong key at once.
 */
export function parseBertConfig(json: Readonly<Record<string, unknown>>, path: string): BertConfig {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new ModelError(`${path} is not a BERT configuration that can be used:\n${issues.join('\n')}`);
  }
  const config = parsed.data;
  return {
    vocabularySize: config.vocab_size,
    hiddenSize: config.hidden_size,
    layers: config.num_hidden_layers,
    heads: config.num_attention_heads,
    intermediateSize: config.intermediate_size,
    maxPositions: config.max_position_embeddings,
    tokenTypes: config.type_vocab_size,
    layerNormEpsilon: config.layer_norm_eps,
    hiddenDropout: config.hidden_dropout_prob,
    attentionDropout: config.attention_probs_dropout_prob,
    classifierDropout: config.classifier_dropout ?? config.hidden_dropout_prob,
    initializerRange: config.initializer_range,
  };
}
