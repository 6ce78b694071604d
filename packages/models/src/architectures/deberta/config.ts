import { z } from 'zod';
import { ModelError } from '../../model-error.ts';
import { activations, type Activation } from './activation.ts';

/** What of a DeBERTa-v2 or v3 checkpoint's `config.json` the model depends on. */
export interface DebertaConfig {
  readonly vocabularySize: number;
  /** Width of the embeddings; another than `hiddenSize` has a projection behind it. */
  readonly embeddingSize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly intermediateSize: number;
  /** Longest sequence. */
  readonly maxPositions: number;
  /** Whether embeddings of absolute positions are added to those of words (not in v3). */
  readonly absolutePositions: boolean;
  /** Rows of the segment embedding; 0 where there is none (v3). */
  readonly tokenTypes: number;
  /** Null where attention knows no distances. */
  readonly relative: RelativePositions | null;
  /** Whether the model has a layer norm for the table of distances. */
  readonly normalizesTable: boolean;
  /** Terms of an attention score: content to content, and one for each of `pos_att_type`. */
  readonly scoreTerms: number;
  /** The convolution beside the first layer (v2); null where there is none. */
  readonly convolution: Convolution | null;
  readonly layerNormEpsilon: number;
  /** Dropout rate after the embeddings, the convolution and both output maps of a layer, and on the table of distances. */
  readonly hiddenDropout: number;
  /** Dropout rate on the attention probabilities. */
  readonly attentionDropout: number;
  /** Dropout rate in front of the pooler. */
  readonly poolerDropout: number;
  readonly poolerActivation: Activation;
  /** Dropout rate in front of the classifier: `cls_dropout`, or the hidden one where there is none. */
  readonly classifierDropout: number;
  /** Standard deviation of fresh weights. */
  readonly initializerRange: number;
}

/** How attention takes part of its scores from distances. */
export interface RelativePositions {
  /** Half the rows of the table: one half is of keys behind the query, one of those before it. */
  readonly span: number;
  /** The distance from which on all are one, where distances are put into buckets; null where each has its own row. */
  readonly bucketsUpTo: number | null;
  /** Whether the table is projected by the maps of queries and keys rather than by its own. */
  readonly sharesProjections: boolean;
  /** Whether a query's content is compared with distances. */
  readonly contentToPosition: boolean;
  /** Whether a key's content is. */
  readonly positionToContent: boolean;
}

export interface Convolution {
  /** Positions that the kernel sees, an odd number. */
  readonly size: number;
  readonly groups: number;
  readonly activation: Activation;
}

const activation = z.enum(activations, `only the activations ${activations.join(', ')} are supported`);
const size = z.int().positive();
const rate = z.number().min(0).lt(1);
const list = z.union([z.string().transform((text) => text.split('|')), z.array(z.string())]);
const words = list.transform((parts) => parts.map((part) => part.trim().toLowerCase()).filter((part) => part !== ''));

// Defaults are those of HF's DebertaV2Config and of its model. Sizes have none: a guess could load.
const schema = z
  .looseObject({
    vocab_size: size,
    hidden_size: size,
    embedding_size: size.nullish(),
    num_hidden_layers: size,
    num_attention_heads: size,
    attention_head_size: size.nullish(),
    intermediate_size: size,
    max_position_embeddings: size.default(512),
    type_vocab_size: z.int().nonnegative().default(0),
    layer_norm_eps: z.number().positive().default(1e-7),
    hidden_act: z.literal('gelu', 'only the activation "gelu" (exact, by erf) is supported').default('gelu'),
    relative_attention: z.boolean().default(false),
    max_relative_positions: z.int().default(-1),
    position_buckets: z.int().default(-1),
    pos_att_type: words
      .refine((types) => types.every((type) => type === 'c2p' || type === 'p2c'), 'only c2p and p2c are supported')
      .nullish(),
    share_att_key: z.boolean().default(false),
    norm_rel_ebd: words.default(['none']),
    position_biased_input: z.boolean().default(true),
    conv_kernel_size: z
      .int()
      .nonnegative()
      .refine((kernel) => kernel === 0 || kernel % 2 === 1, 'is not odd: the convolution would change the length')
      .default(0),
    conv_groups: size.default(1),
    conv_act: activation.default('tanh'),
    hidden_dropout_prob: rate.default(0.1),
    attention_probs_dropout_prob: rate.default(0.1),
    pooler_hidden_size: size.nullish(),
    pooler_hidden_act: activation.default('gelu'),
    pooler_dropout: rate.default(0),
    cls_dropout: rate.nullish(),
    initializer_range: z.number().positive().default(0.02),
  })
  .superRefine((config, context) => {
    const refuse = (key: keyof typeof config, message: string): void => {
      context.addIssue({ code: 'custom', path: [key], message });
    };
    const { hidden_size: hidden, num_attention_heads: heads } = config;
    if (hidden % heads !== 0) refuse('hidden_size', 'is not divisible by num_attention_heads');
    else if ((config.attention_head_size ?? hidden / heads) !== hidden / heads) {
      refuse('attention_head_size', `is not hidden_size / num_attention_heads, ${hidden / heads}`);
    }
    if ((config.pooler_hidden_size ?? hidden) !== hidden) refuse('pooler_hidden_size', `is not hidden_size, ${hidden}`);
    if (config.conv_kernel_size > 0 && hidden % config.conv_groups !== 0) {
      refuse('conv_groups', 'does not divide hidden_size');
    }
    const middle = Math.floor(config.position_buckets / 2);
    if (config.position_buckets > 0 && (middle === 0 || largestDistance(config) - 1 <= middle)) {
      const remedy = `expected from 2 to less than twice the largest distance, ${largestDistance(config)}, less one`;
      refuse('position_buckets', `leaves no distances to put into buckets; ${remedy}`);
    }
  });

/**
 * The DeBERTa-v2 configuration in a parsed `config.json`. Unknown keys are ignored, used ones are checked.
 *
 * @param path of the file, for messages.
 * @throws ModelError that lists every wrong key at once.
 */
export function parseDebertaConfig(json: Readonly<Record<string, unknown>>, path: string): DebertaConfig {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new ModelError(`${path} is not a DeBERTa-v2 configuration that can be used:\n${issues.join('\n')}`);
  }
  const config = parsed.data;
  const types = new Set(config.pos_att_type ?? []);
  const distances = largestDistance(config);
  return {
    vocabularySize: config.vocab_size,
    embeddingSize: config.embedding_size ?? config.hidden_size,
    hiddenSize: config.hidden_size,
    layers: config.num_hidden_layers,
    heads: config.num_attention_heads,
    intermediateSize: config.intermediate_size,
    maxPositions: config.max_position_embeddings,
    absolutePositions: config.position_biased_input,
    tokenTypes: config.type_vocab_size,
    relative: config.relative_attention
      ? {
          span: config.position_buckets > 0 ? config.position_buckets : distances,
          bucketsUpTo: config.position_buckets > 0 ? distances : null,
          sharesProjections: config.share_att_key,
          contentToPosition: types.has('c2p'),
          positionToContent: types.has('p2c'),
        }
      : null,
    normalizesTable: config.norm_rel_ebd.includes('layer_norm'),
    scoreTerms: 1 + types.size,
    convolution:
      config.conv_kernel_size > 0
        ? { size: config.conv_kernel_size, groups: config.conv_groups, activation: config.conv_act }
        : null,
    layerNormEpsilon: config.layer_norm_eps,
    hiddenDropout: config.hidden_dropout_prob,
    attentionDropout: config.attention_probs_dropout_prob,
    poolerDropout: config.pooler_dropout,
    poolerActivation: config.pooler_hidden_act,
    classifierDropout: config.cls_dropout ?? config.hidden_dropout_prob,
    initializerRange: config.initializer_range,
  };
}

/** `max_relative_positions`, or where that is less than 1 the number of positions. */
function largestDistance(config: { max_relative_positions: number; max_position_embeddings: number }): number {
  return config.max_relative_positions < 1 ? config.max_position_embeddings : config.max_relative_positions;
}
