/** What a family of models has to say of itself, so that nobody else has to name it. */
import type { tf } from '@lomap/compile';
import type { TensorBatch } from '../batch.ts';
import type { TensorMaskedBatch } from '../batches/masked.ts';
import type { TensorNextTokenBatch } from '../batches/next-token.ts';
import type { Context } from '../context.ts';
import type { TableSizes } from '../tokenizer/tables.ts';

/** A linear module: weight [out, in] at `${path}.weight`, bias [out] at `${path}.bias` if it has one. */
export interface LinearModule {
  readonly path: string;
  readonly out: number;
  readonly in: number;
  readonly bias: boolean;
}

/**
 * The module names that play a role in every layer, each matched as a path's end. `linear` has all that methods adapt
 * unless told otherwise; `query`, `key`, `value` and `attentionOutput` are attention's, `up`, `down` and `gate` the
 * feed-forward block's. A model that has no such part leaves the role out.
 */
export type ModuleRoles = Readonly<Record<string, readonly string[]>>;

/** A family of models: how a `config.json` of this `model_type` becomes a model. */
export interface Architecture {
  /** `model_type` of config.json. */
  readonly type: string;
  /**
   * The model that a parsed `config.json` describes.
   *
   * @param path of the file, for messages.
   * @throws ModelError that lists every key that cannot be used.
   */
  parse(json: Readonly<Record<string, unknown>>, path: string): Model;
  /** What adapters and exported checkpoints need to know of it. @default an adapter's file does not show it, and an exported config.json names no class */
  readonly huggingFace?: HuggingFaceNames;
}

/** Names of an architecture that do not depend on a configuration. */
export interface HuggingFaceNames {
  /** In front of the bare model's tensors in a classifier: `bert.` */
  readonly prefix: string;
  /** Path prefixes of the classifier's head, as `Model.head`. */
  readonly head: readonly string[];
  /** The class of the classifier, for `architectures` of config.json. */
  readonly classifier: string;
}

/** A model without its weights: names, shapes, and pure functions of a context. */
export interface Model {
  /** As its paper writes it: `BERT`. */
  readonly title: string;
  /**
   * Every tensor's shape by name, in the model's order, with a classifier of so many labels; 0: with what predicts next
   * tokens in its place. The same of `linears`.
   */
  shapes(numLabels: number): Map<string, readonly number[]>;
  /** Every linear module, in the model's order. */
  linears(numLabels: number): LinearModule[];
  /** Path prefixes of the task head's modules: trained with every method, and fresh where a checkpoint lacks them. */
  readonly head: readonly string[];
  /** The head's module that has a row for each label. */
  readonly classifier: string;
  readonly roles: ModuleRoles;
  /** The names under which files hold a tensor, the one that is looked for first in front. */
  spellings(name: string): readonly string[];
  /** Standard deviation of fresh weights. */
  readonly initializerRange: number;
  /**
   * Whether a tensor of a file that is none of the model's shows that the file is of another model. Others are ignored.
   *
   * @default none does
   */
  readonly isForeign?: (name: string) => boolean;
  /** Whether a tensor is a norm's scale, which starts at 1. */
  isScale(name: string): boolean;
  /** Rows of the tables that tokens index; Infinity where there is no table. */
  readonly limits: TableSizes;
  /** Heads of each layer's attention and the dropout rate on their probabilities; null without attention. */
  readonly attention: { readonly heads: number; readonly dropout: number } | null;
  /** Logits [B, numLabels]; with one label, the regression's prediction [B, 1]. */
  readonly classify: (context: Context, batch: TensorBatch) => tf.Tensor2D;
  /** Null for a model without masked-language modelling. */
  readonly maskedLm: MaskedLm | null;
  /** Null, or absent, for a model that predicts no next token. */
  readonly nextToken?: NextToken | null;
}

/** What a decoder offers as a language model. Its tensors are those of `shapes(0)`. */
export interface NextToken {
  readonly vocabularySize: number;
  /** The last hidden state of the tokens that the batch asks of, as the output head takes it, [M, hidden]. */
  readonly hidden: (context: Context, batch: TensorNextTokenBatch) => tf.Tensor2D;
  /** The output head: logits over the vocabulary [m, vocabulary] of hidden states [m, hidden]. */
  readonly head: (context: Context, hidden: tf.Tensor2D) => tf.Tensor2D;
  /** Logits of the next token after each token that the batch asks of, [M, vocabulary]: the head of `hidden`. */
  readonly logits: (context: Context, batch: TensorNextTokenBatch) => tf.Tensor2D;
  /** Absent in a model that has no such decoding: it cannot generate. */
  readonly cached?: CachedDecoding;
}

/** Decoding token by token: each step computes one token a row, and what attention keeps of the tokens before it is given. */
export interface CachedDecoding {
  readonly layers: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  /** Reads whole prompts: logits [B, vocabulary] after their last tokens, and the cache of B rows and S places. */
  readonly begin: (context: Context, batch: TensorBatch) => { logits: tf.Tensor2D; cache: CacheOf<tf.Tensor> };
  /** Reads a further token a row: logits [R, vocabulary] after it, and the cache with one place more. */
  readonly next: (
    context: Context,
    step: DecodingStep<tf.Tensor>,
  ) => { logits: tf.Tensor2D; cache: CacheOf<tf.Tensor> };
}

/** Keys and values of each layer, [keyValueHeads, R, T, headSize]: R rows with T places each. */
export interface CacheOf<T> {
  readonly keys: T[];
  readonly values: T[];
}

/** One token for each of R rows, after the T places of a cache. */
export interface DecodingStep<T> {
  /** int32 [R] */
  readonly inputIds: T;
  /** Place of each token in its text. int32 [R] */
  readonly positionIds: T;
  /** Which row of the cache each row continues. int32 [R] */
  readonly parents: T;
  /** 0 where a row sees a place of the cache, -1e9 at padding. float32 [R, T] */
  readonly mask: T;
  readonly cache: CacheOf<T>;
}

/** What a model offers for masked-language modelling. */
export interface MaskedLm {
  readonly vocabularySize: number;
  /** The head's tensors by name, the decoder's weight included. */
  readonly head: ReadonlyMap<string, HeadTensor>;
  /** Logits over the vocabulary of the batch's hidden tokens, [M, vocabulary]. */
  readonly logits: (context: Context, batch: TensorMaskedBatch) => tf.Tensor2D;
  /** What pretraining from random weights trains. Absent where it is not supported. */
  readonly pretraining?: Pretraining;
}

/** A model for masked-language modelling as it is pretrained: all of its tensors, in three steps. */
export interface Pretraining {
  readonly hiddenSize: number;
  /** Every tensor of encoder and head, whose decoder is tied to the word embeddings, by name; without a pooler. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** The pooler's tensors. */
  readonly poolerShapes: ReadonlyMap<string, readonly number[]>;
  /** The encoder's last hidden state, [N, hidden]. */
  readonly hidden: (context: Context, batch: TensorBatch) => tf.Tensor2D;
  /** Logits over the vocabulary of the batch's hidden tokens, [M, vocabulary], from the last hidden state. */
  readonly head: (context: Context, batch: TensorMaskedBatch, hidden: tf.Tensor2D) => tf.Tensor2D;
  /** What the pooler makes of each example's first token, [B, hidden], from the last hidden state. */
  readonly pool: (context: Context, batch: TensorBatch, hidden: tf.Tensor2D) => tf.Tensor2D;
}

/** A tensor of a head that a checkpoint holds beside the model. */
export interface HeadTensor {
  readonly shape: readonly number[];
  /** The names under which files hold it, the one that is looked for first in front. */
  readonly spellings: readonly string[];
}
