import { compile, float32, tf, type Hosts, type HostTensor, type Specs } from '@lomap/compile';
import { inBatchesByLength } from './by-length.ts';
import { cachedAs } from './graph-key.ts';
import { flatLayout, packParams, splitParams } from './flat-layout.ts';
import { evaluationContext, type TrainableModel } from './model.ts';
import type { Objective, Readable } from './objectives/objective.ts';
import { leaseFrom } from './reuse.ts';
import type { Watch } from './watch.ts';

/** Larger batches take more memory and are no faster, as in training (`passes.ts`). */
const TOKENS_PER_BATCH = 512;
const MAX_BATCH_SIZE = 32;

/** A compiled model without dropout. */
export interface Predictor<Example, Reading> {
  /**
   * A reading of each example, in the order given, under these parameters in the order of the adaptation's specs.
   *
   * @throws InterruptedError when the watch's signal stops it, before the next batch.
   */
  predict(params: readonly Float32Array[], examples: readonly Example[], watch?: Watch): Promise<Reading[]>;
  dispose(): Promise<void>;
}

/**
 * Examples a batch of these: the objective's own number, or the largest power of two, 32 at most, whose batches have at most
 * 512 tokens on average.
 */
export function evaluationBatchSize<Example>(
  objective: Pick<Objective<Example, never, unknown>, 'length' | 'evaluationBatchSize'>,
  examples: readonly Example[],
): number {
  if (objective.evaluationBatchSize !== undefined) return objective.evaluationBatchSize;
  const tokens = examples.reduce((sum, example) => sum + objective.length(example), 0);
  let size = MAX_BATCH_SIZE;
  while (size > 1 && size * tokens > TOKENS_PER_BATCH * examples.length) size /= 2;
  return size;
}

/** Compiles what the objective reads of the adapted model, in batches of `batchSize` examples. Dispose of it when done. */
export async function createPredictor<Example, Batch, Reading>(
  model: TrainableModel,
  objective: Objective<Example, Batch, Reading>,
  batchSize = objective.evaluationBatchSize ?? MAX_BATCH_SIZE,
): Promise<Predictor<Example, Reading>> {
  const { specs } = model.adaptation;
  // A model of which nothing trains is evaluated as it is.
  const where = specs.length > 0 ? flatLayout(specs) : null;
  const read = (params: tf.Tensor[], batch: Batch): Readable<tf.Tensor> => {
    const own = where ? splitParams(where, params[0] as tf.Tensor1D) : [];
    return objective.read(evaluationContext(model, own), batch);
  };
  const inputs = [where ? [{ dtype: 'float32', shape: [where.size] }] : [], objective.specs(batchSize)];
  const purpose = { evaluate: objective.key, batchSize, segments: where?.segments ?? [] };
  const lease = await leaseFrom(model.reuse, { ...purpose, device: model.device }, () =>
    compile(read, {
      name: 'evaluate',
      inputs: inputs as unknown as Specs<Parameters<typeof read>>,
      device: model.device,
      cacheDirectory: model.cacheDirectory,
      cached: cachedAs(model, purpose),
    }),
  );
  // TypeScript does not look through the trees' types while the batch's is open.
  const run = lease.value as unknown as (params: HostTensor[], batch: Hosts<Batch>) => Promise<Readable<HostTensor>>;
  return {
    predict(params, examples, watch) {
      const flat = where ? [float32(packParams(where, params), [where.size])] : [];
      return inBatchesByLength(
        examples,
        (example) => objective.length(example),
        batchSize,
        async (batch) => objective.readings(await run(flat, objective.pack(batch, batchSize)), batch),
        watch,
      );
    },
    dispose: () => lease.release(),
  };
}

/**
 * What the objective reads of these examples under these parameters (in the order of the specs), in the examples' order.
 *
 * @throws InterruptedError when the options' signal stops it, before the next batch.
 */
export async function predict<Example, Batch, Reading>(
  options: TrainableModel &
    Watch & {
      readonly objective: Objective<Example, Batch, Reading>;
      readonly params: readonly Float32Array[];
      readonly examples: readonly Example[];
    },
): Promise<Reading[]> {
  const { objective, params, examples } = options;
  const predictor = await createPredictor(options, objective, evaluationBatchSize(objective, examples));
  try {
    return await predictor.predict(params, examples, options);
  } finally {
    await predictor.dispose();
  }
}
