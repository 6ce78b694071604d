/** Objectives with one label for a whole example: a class, or a number. */
import { floats, sizeOf, tf, type HostTensor } from '@lomap/compile';
import { batchSpecs, pack, type Context, type EncodedExample, type TensorBatch } from '@lomap/models';
import { crossEntropy, meanSquaredError } from './losses.ts';
import type { Objective, Readable } from './objective.ts';

/** What the label of an example is. */
export type SequenceKind = 'classification' | 'regression';

/** Logits [B, numLabels] of a packed batch's examples: `classify` of a checkpoint. */
export type Classify = (context: Context, batch: TensorBatch) => tf.Tensor2D;

/** An objective over labelled examples; an example's reading is its logits. */
export type SequenceObjective = Objective<EncodedExample, TensorBatch, number[]>;

/** Sequence classification: the mean cross-entropy of the labels. */
export function classification(classify: Classify, numLabels: number): SequenceObjective {
  return {
    ...sequence(classify, numLabels),
    key: 'classification',
    loss: (context, batch) => crossEntropy(classify(context, batch), ...target(batch)),
  };
}

/**
 * Regression: the mean squared error of a head with one output. With `regressionBias: 'label-mean'` the head's bias starts at
 * the mean label of the training rows.
 *
 * @throws RangeError when the head has other than one output.
 */
export function regression(classify: Classify, numLabels = 1): SequenceObjective {
  if (numLabels !== 1) {
    throw new RangeError(`A regression head has one output, not ${numLabels}; open the checkpoint with numLabels 1.`);
  }
  return {
    ...sequence(classify, numLabels),
    key: 'regression',
    loss: (context, batch) => meanSquaredError(classify(context, batch), ...target(batch)),
    start(params, { specs, train, settings }) {
      if (settings.regressionBias !== 'label-mean') return;
      const bias = specs.findIndex(
        ({ group, name, shape }) => group === 'head' && name.endsWith('.bias') && sizeOf(shape) === 1,
      );
      if (bias < 0)
        throw new Error('A regression head has a bias of one value among its tensors; this model has none.');
      params[bias]!.fill(train.reduce((sum, { label }) => sum + label, 0) / train.length);
    },
  };
}

/** The objective of a task with labels of this kind. */
export function sequenceObjective(kind: SequenceKind, classify: Classify, numLabels: number): SequenceObjective {
  return kind === 'regression' ? regression(classify, numLabels) : classification(classify, numLabels);
}

function sequence(
  classify: Classify,
  numLabels: number,
): Pick<SequenceObjective, 'specs' | 'pack' | 'length' | 'read' | 'readings'> {
  return {
    specs: batchSpecs,
    pack,
    length: ({ inputIds }) => inputIds.length,
    read: (context, batch) => ({ logits: classify(context, batch) }),
    readings: ({ logits }: Readable<HostTensor>, examples) => {
      const values = floats(logits!);
      return examples.map((_, i) => [...values.subarray(i * numLabels, (i + 1) * numLabels)]);
    },
  };
}

function target(batch: TensorBatch): [labels: tf.Tensor1D, weights: tf.Tensor1D] {
  return [batch.labels as tf.Tensor1D, batch.weights as tf.Tensor1D];
}
