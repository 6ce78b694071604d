import { z } from 'zod';
import { ModelError } from '../../model-error.ts';
import { parseRope, type Rope } from './rope-config.ts';

/** What of a LLaMA checkpoint's `config.json` the model depends on. */
export interface LlamaConfig {
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  /** Heads of queries: a multiple of `keyValueHeads`. */
  readonly heads: number;
  /** Heads of keys and values; each serves `heads / keyValueHeads` neighbouring heads of queries. */
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly intermediateSize: number;
  /** Longest sequence. */
  readonly maxPositions: number;
  readonly normEpsilon: number;
  /** Whether attention's four linear maps have biases. */
  readonly attentionBias: boolean;
  /** Whether the feed-forward block's three have. */
  readonly feedForwardBias: boolean;
  /** Dropout rate on the attention probabilities. */
  readonly attentionDropout: number;
  /** Whether the output head is the embeddings. */
  readonly tied: boolean;
  readonly rope: Rope;
  /** Standard deviation of fresh weights. */
  readonly initializerRange: number;
}

const size = z.int().positive();

// Defaults are those of HF's LlamaConfig, which older checkpoints leave out. Sizes have none: a guess could load.
const schema = z
  .looseObject({
    vocab_size: size,
    hidden_size: size,
    num_hidden_layers: size,
    num_attention_heads: size,
    num_key_value_heads: size.nullish(),
    head_dim: size.nullish(),
    intermediate_size: size,
    max_position_embeddings: size.default(2048),
    rms_norm_eps: z.number().positive().default(1e-6),
    hidden_act: z.literal('silu', 'only the activation "silu" is supported').default('silu'),
    attention_bias: z.boolean().default(false),
    mlp_bias: z.boolean().default(false),
    attention_dropout: z.number().min(0).lt(1).nullish(),
    tie_word_embeddings: z.boolean().default(false),
    partial_rotary_factor: z.literal(1, 'only rotations of whole heads are supported').optional(),
    initializer_range: z.number().positive().default(0.02),
  })
  .superRefine((config, issues) => {
    const { num_attention_heads: heads, num_key_value_heads: keyValueHeads, head_dim, hidden_size } = config;
    const refuse = (path: string, message: string): void => issues.addIssue({ code: 'custom', path: [path], message });
    const headSize = head_dim ?? hidden_size / heads;
    if (!Number.isInteger(headSize)) {
      refuse(
        'hidden_size',
        `${hidden_size} is not divisible by num_attention_heads, ${heads}, and there is no head_dim`,
      );
    } else if (headSize % 2 !== 0) {
      refuse('head_dim', `heads have ${headSize} values; rotary embedding takes them in pairs`);
    }
    if (keyValueHeads && heads % keyValueHeads !== 0) {
      refuse('num_key_value_heads', `${keyValueHeads} does not divide num_attention_heads, ${heads}`);
    }
  });

/**
 * The LLaMA configuration in a parsed `config.json`. Unknown keys are ignored, used ones are checked.
 *
 * @param path of the file, for messages.
 * @throws ModelError that lists every wrong key at once.
 */
export function parseLlamaConfig(json: Readonly<Record<string, unknown>>, path: string): LlamaConfig {
  const parsed = schema.safeParse(json);
  const rope = parseRope(json);
  const issues = [
    ...(parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    ...(Array.isArray(rope) ? rope : []),
  ];
  if (!parsed.success || Array.isArray(rope)) {
    const lines = issues.map((issue) => `  ${issue}`);
    throw new ModelError(`${path} is not a LLaMA configuration that can be used:\n${lines.join('\n')}`);
  }
  const config = parsed.data;
  const heads = config.num_attention_heads;
  return {
    vocabularySize: config.vocab_size,
    hiddenSize: config.hidden_size,
    layers: config.num_hidden_layers,
    heads,
    keyValueHeads: config.num_key_value_heads ?? heads,
    headSize: config.head_dim ?? config.hidden_size / heads,
    intermediateSize: config.intermediate_size,
    maxPositions: config.max_position_embeddings,
    normEpsilon: config.rms_norm_eps,
    attentionBias: config.attention_bias,
    feedForwardBias: config.mlp_bias,
    attentionDropout: config.attention_dropout ?? 0,
    tied: config.tie_word_embeddings,
    rope,
    initializerRange: config.initializer_range,
  };
}
