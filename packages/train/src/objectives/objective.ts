import type { Hosts, HostTensor, Specs, tf } from '@lomap/compile';
import type { Context } from '@lomap/models';
import type { ParamSpec } from '@lomap/peft';
import type { TrainingSettings } from '../settings.ts';

/**
 * What a model is trained for: how examples become a batch, the loss of a batch, and what evaluation reads of each example.
 * The engine, the loop and the evaluation know no more of a task than this, so whatever can say it trains through them.
 *
 * `Batch` is a tree of tensors, such as `TensorBatch` of @lomap/models; `Reading` is plain data, such as an example's logits.
 */
export interface Objective<Example, Batch, Reading> {
  /**
   * Tells apart what `loss` and `read` trace besides the model: a name, and every setting of the objective's own. It is part
   * of the key under which compiled functions are found again, in later processes too, and of what resumed runs are told apart by.
   */
  readonly key: string;
  /** Types and shapes of a batch of `size` examples, for `compile`. */
  specs(size: number): Specs<Batch>;
  /** The batch of at least one and at most `size` examples; fillers up to `size` have no part in loss and readings. */
  pack(examples: readonly Example[], size: number): Hosts<Batch>;
  /** The tokens of an example: batches are cut into parts and evaluated in the order of their lengths. */
  length(example: Example): number;
  /**
   * What an example counts in the mean that `loss` takes: a batch in parts p of weight n_p has the loss Σ_p n_p/n · L_p.
   * @default 1: the loss is a mean over examples
   */
  readonly weight?: ((example: Example) => number) | undefined;
  /** The mean loss of a batch in training, a scalar: a pure function of tensors. */
  loss(context: Context, batch: Batch): tf.Scalar;
  /** What evaluation computes of a batch, in a context without dropout: a pure function of tensors. */
  read(context: Context, batch: Batch): Readable<tf.Tensor>;
  /** What `read` computed as a reading of each of the examples that were packed, in their order. */
  readings(computed: Readable<HostTensor>, examples: readonly Example[]): Reading[];
  /** Examples of an evaluation's batch. @default as many as their lengths allow (`evaluationBatchSize`) */
  readonly evaluationBatchSize?: number | undefined;
  /** Changes the starting values (in the order of the specs) to suit the training rows. Absent: they stay. */
  readonly start?:
    | ((
        params: readonly Float32Array[],
        run: {
          readonly specs: readonly ParamSpec[];
          readonly train: readonly Example[];
          readonly settings: TrainingSettings;
        },
      ) => void)
    | undefined;
}

/** Tensors by name, as tensors or as host values. */
export type Readable<T> = Readonly<Record<string, T>>;
