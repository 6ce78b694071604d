/** What a case's model is asked: the class or target of each example, or the next token of the texts' answers. */
import type { HostTensor, TensorSpec, tf } from '@lomap/compile';
import {
  fromPadded,
  nextTokenBatchSpecs,
  packNextToken,
  type Checkpoint,
  type Context,
  type PackedBatch,
  type TensorBatch,
  type TensorNextTokenBatch,
} from '@lomap/models';
import { crossEntropy, sequenceObjective } from '@lomap/train';

/** A batch as Hugging Face's models take it, padded on the right. */
export interface RawBatch {
  readonly input_ids: number[][];
  readonly attention_mask: number[][];
  readonly token_type_ids?: number[][];
  /** A label of each example, or for each token the one to predict it as, -100 where none is. */
  readonly labels: readonly (number | number[])[];
}

/** An objective on a case's batches. `B` is its kind of batch. */
export interface ParityObjective {
  readonly specs: PackedBatch<TensorSpec>;
  readonly batches: readonly PackedBatch<HostTensor>[];
  /** The first batch, where it asks for every logit of the fixture. */
  readonly everywhere: PackedBatch<HostTensor>;
  readonly loss: (context: Context, batch: TensorBatch) => tf.Scalar;
  /** One row for each of `expected`'s rows at real tokens. */
  readonly logits: (context: Context, batch: TensorBatch) => tf.Tensor2D;
  /** The rows of the fixture's logits that `everywhere` asks for. */
  expected(logits: readonly (number[] | number[][])[]): number[];
}

/** The objective of a case. */
export function objectiveOf(
  batches: readonly RawBatch[],
  kind: 'classification' | 'regression' | 'next-token',
  checkpoint: Checkpoint,
): ParityObjective {
  if (kind === 'next-token') return nextTokenObjective(batches, checkpoint);
  const packed = batches.map(({ input_ids, attention_mask, token_type_ids, labels }) => {
    const segments = token_type_ids ?? input_ids.map((ids) => ids.map(() => 0));
    return fromPadded(input_ids, attention_mask, segments, labels as number[]);
  });
  const objective = sequenceObjective(kind, checkpoint.classify, checkpoint.numLabels);
  return {
    specs: objective.specs(batches[0]!.input_ids.length),
    batches: packed,
    everywhere: packed[0]!,
    loss: (context, batch) => objective.loss(context, batch),
    logits: checkpoint.classify,
    expected: (logits) => logits.flat(2),
  };
}

/** The mean cross-entropy of the tokens that have a label, each predicted from those before it. */
function nextTokenObjective(batches: readonly RawBatch[], { nextToken }: Checkpoint): ParityObjective {
  const asking = (batch: RawBatch, places: (labels: number[], length: number) => number[]): PackedBatch<HostTensor> => {
    const examples = batch.input_ids.map((ids, i) => {
      const length = batch.attention_mask[i]!.lastIndexOf(1) + 1;
      const labels = batch.labels[i] as number[];
      const positions = places(labels, length);
      return { inputIds: ids.slice(0, length), positions, targets: positions.map((place) => labels[place + 1] ?? 0) };
    });
    return packNextToken(examples, examples.length);
  };
  const all = (length: number): number[] => Array.from({ length }, (_, place) => place);
  const lengths = batches[0]!.attention_mask.map((mask) => mask.lastIndexOf(1) + 1);
  return {
    specs: nextTokenBatchSpecs(batches[0]!.input_ids.length),
    batches: batches.map((batch) =>
      asking(batch, (labels, length) => all(length - 1).filter((place) => labels[place + 1] !== -100)),
    ),
    everywhere: asking(batches[0]!, (_, length) => all(length)),
    loss: (context, batch) => {
      const { nextIds, nextWeights } = batch as TensorNextTokenBatch;
      const logits = nextToken!.logits(context, batch as TensorNextTokenBatch);
      return crossEntropy(logits, nextIds as tf.Tensor1D, nextWeights as tf.Tensor1D);
    },
    logits: (context, batch) => nextToken!.logits(context, batch as TensorNextTokenBatch),
    expected: (logits) => logits.flatMap((rows, i) => (rows as number[][]).slice(0, lengths[i]).flat()),
  };
}
