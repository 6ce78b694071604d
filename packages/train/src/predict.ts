import { compile, float32, tf, type HostTensor } from '@lomap/compile';
import { batchSpecs, pack, type EncodedExample, type TensorBatch } from '@lomap/models';
import { inBatchesByLength } from './by-length.ts';
import { cachedAs } from './graph-key.ts';
import { layout, packParams, splitParams } from './layout.ts';
import { evaluationLogits, type AdaptedModel } from './model.ts';
import { floats } from './progress.ts';
import { leaseFrom } from './reuse.ts';
import type { Watch } from './watch.ts';

/** Larger batches take more memory and are no faster, as in training (`passes.ts`). */
const TOKENS_PER_BATCH = 512;
const MAX_BATCH_SIZE = 32;

/** A compiled model without dropout. */
export interface Predictor {
  /**
   * Logits, one row an example in the order given. `params` is the flat vector [P] of `layout`.
   *
   * @throws InterruptedError when the watch's signal stops it, before the next batch.
   */
  predict(params: Float32Array, examples: readonly EncodedExample[], watch?: Watch): Promise<number[][]>;
  dispose(): Promise<void>;
}

/** Examples a batch: the largest power of two, 32 at most, whose batches of these examples have at most 512 tokens on average. */
export function evaluationBatchSize(examples: readonly Pick<EncodedExample, 'inputIds'>[]): number {
  const tokens = examples.reduce((sum, { inputIds }) => sum + inputIds.length, 0);
  let size = MAX_BATCH_SIZE;
  while (size > 1 && size * tokens > TOKENS_PER_BATCH * examples.length) size /= 2;
  return size;
}

/** Compiles the adapted model for evaluation, in batches of `batchSize` examples. Dispose of it when done. */
export async function createPredictor(model: AdaptedModel, batchSize = MAX_BATCH_SIZE): Promise<Predictor> {
  const where = layout(model.adaptation.specs);
  const logits = (params: tf.Tensor, batch: TensorBatch): tf.Tensor2D =>
    evaluationLogits(model, splitParams(where, params as tf.Tensor1D), batch);
  const purpose = { evaluate: batchSize, segments: where.segments };
  const lease = await leaseFrom(model.reuse, { ...purpose, device: model.device }, () =>
    compile(logits, {
      name: 'evaluate',
      inputs: [{ dtype: 'float32', shape: [where.size] }, batchSpecs(batchSize)],
      device: model.device,
      cacheDirectory: model.cacheDirectory,
      cached: cachedAs(model, purpose),
    }),
  );
  return {
    predict(params, examples, watch) {
      const run = async (batch: EncodedExample[]): Promise<number[][]> => {
        const output: HostTensor = await lease.value(float32(params, [where.size]), pack(batch, batchSize));
        return rows(floats(output), model.numLabels).slice(0, batch.length);
      };
      return inBatchesByLength(examples, batchSize, run, watch);
    },
    dispose: () => lease.release(),
  };
}

/**
 * The logits of these examples under these parameters (in the order of the specs), in the examples' order.
 *
 * @throws InterruptedError when the options' signal stops it, before the next batch.
 */
export async function predict(
  options: AdaptedModel &
    Watch & { readonly params: readonly Float32Array[]; readonly examples: readonly EncodedExample[] },
): Promise<number[][]> {
  const { adaptation, params, examples } = options;
  const predictor = await createPredictor(options, evaluationBatchSize(examples));
  try {
    return await predictor.predict(packParams(layout(adaptation.specs), params), examples, options);
  } finally {
    await predictor.dispose();
  }
}

function rows(values: Float32Array, columns: number): number[][] {
  return Array.from({ length: values.length / columns }, (_, i) => [
    ...values.subarray(i * columns, (i + 1) * columns),
  ]);
}
