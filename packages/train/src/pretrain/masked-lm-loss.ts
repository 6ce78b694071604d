import { compile, float32, floats, tf, type DeviceOptions, type HostTensor } from '@lomap/compile';
import {
  maskedBatchSpecs,
  packMasked,
  type Context,
  type MaskedExample,
  type MaskedLm,
  type TensorMaskedBatch,
} from '@lomap/models';
import type { ParamSpec } from '@lomap/peft';
import { inBatchesByLength } from '../by-length.ts';
import { layout, packParams, splitParams } from '../layout.ts';
import type { Watch } from '../watch.ts';

/** Examples a batch. */
const BATCH_SIZE = 64;

/** An encoder under a masked-language-modelling head, adapted or not. */
export interface MaskedLmModel {
  /** The function of the context; `maskedLm` of a checkpoint. */
  readonly maskedLm: Pick<MaskedLm, 'logits' | 'vocabularySize'>;
  /** The tensors that are given at each call, such as an adaptation's; may be empty. */
  readonly specs: readonly ParamSpec[];
  /**
   * The context of encoder and head without dropout, the given tensors in the order of `specs`. Called inside the
   * compiled function. For a fine-tuned encoder: `withHead(adaptation.context(params, checkpoint.context()), head)`.
   */
  readonly context: (params: readonly tf.Tensor[]) => Context;
  readonly device: DeviceOptions;
  readonly cacheDirectory: string;
}

/** How well hidden tokens are predicted. */
export interface MaskedLmScore {
  /** Mean cross-entropy of a hidden token, in nats. */
  readonly loss: number;
  /** Share of the hidden tokens whose logit is the largest. */
  readonly accuracy: number;
  /** Hidden tokens. */
  readonly tokens: number;
}

/** A compiled evaluation. */
export interface MaskedLmEvaluator {
  /**
   * `params` in the order of the specs. The result does not depend on the examples' order, to rounding.
   *
   * @throws InterruptedError when the watch's signal stops it, before the next batch.
   */
  evaluate(params: readonly Float32Array[], examples: readonly MaskedExample[], watch?: Watch): Promise<MaskedLmScore>;
  dispose(): Promise<void>;
}

/** Compiles the evaluation of a model. Dispose of it when done. */
export async function createMaskedLmEvaluator(model: MaskedLmModel): Promise<MaskedLmEvaluator> {
  const { maskedLm, specs, device, cacheDirectory } = model;
  const where = specs.length > 0 ? layout(specs) : null;
  const size = where?.size ?? 0;
  const evaluation = (params: tf.Tensor[], batch: TensorMaskedBatch): { losses: tf.Tensor; correct: tf.Tensor } => {
    const own = where ? splitParams(where, params[0] as tf.Tensor1D) : [];
    const logits = maskedLm.logits(model.context(own), batch);
    const ofTarget = tf.sum(tf.mul(logits, oneHot(batch.maskedIds, maskedLm.vocabularySize)), 1);
    const largest = tf.max(logits, 1, true);
    const logTotal = tf.add(tf.log(tf.sum(tf.exp(tf.sub(logits, largest)), 1)), tf.reshape(largest, [-1]));
    return {
      losses: tf.sub(logTotal, ofTarget),
      correct: tf.cast(tf.greaterEqual(ofTarget, tf.reshape(largest, [-1])), 'float32'),
    };
  };
  const compiled = await compile(evaluation, {
    name: 'masked-lm-loss',
    inputs: [where ? [{ dtype: 'float32', shape: [size] }] : [], maskedBatchSpecs(BATCH_SIZE)],
    device,
    cacheDirectory,
  });
  return {
    async evaluate(params, examples, watch) {
      if (examples.length === 0) throw new RangeError('There are no examples to evaluate on.');
      const flat: HostTensor[] = where ? [float32(packParams(where, params), [size])] : [];
      const run = async (batch: MaskedExample[]): Promise<{ loss: number; correct: number }[]> => {
        const { losses, correct } = await compiled(flat, packMasked(batch, BATCH_SIZE));
        let first = 0;
        return batch.map(({ positions }) => {
          const [begin, end] = [first, (first += positions.length)];
          return { loss: sum(floats(losses), begin, end), correct: sum(floats(correct), begin, end) };
        });
      };
      const scores = await inBatchesByLength(examples, ({ inputIds }) => inputIds.length, BATCH_SIZE, run, watch);
      const tokens = examples.reduce((total, { positions }) => total + positions.length, 0);
      const mean = (of: 'loss' | 'correct'): number => scores.reduce((total, score) => total + score[of], 0) / tokens;
      return { loss: mean('loss'), accuracy: mean('correct'), tokens };
    },
    dispose: () => compiled.dispose(),
  };
}

/**
 * Mean loss and accuracy of the hidden tokens of these examples (see `maskForEvaluation`), without dropout: how much of
 * masked-language modelling an encoder knows, before or after fine-tuning.
 */
export async function maskedLmLoss(
  options: MaskedLmModel & {
    readonly params: readonly Float32Array[];
    readonly examples: readonly MaskedExample[];
  },
): Promise<MaskedLmScore> {
  const evaluator = await createMaskedLmEvaluator(options);
  try {
    return await evaluator.evaluate(options.params, options.examples);
  } finally {
    await evaluator.dispose();
  }
}

/** Rows with a 1 at each id, [M, vocabulary]. */
function oneHot(ids: tf.Tensor, vocabularySize: number): tf.Tensor2D {
  const tokens = tf.tensor2d([Array.from({ length: vocabularySize }, (_, id) => id)], [1, vocabularySize], 'float32');
  return tf.cast(tf.equal(tf.reshape(ids, [-1, 1]), tokens), 'float32');
}

function sum(values: Float32Array, begin: number, end: number): number {
  return values.subarray(begin, end).reduce((total, value) => total + value, 0);
}
