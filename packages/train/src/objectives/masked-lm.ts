/** Masked-language modelling: hidden tokens are predicted. */
import { floats, tf, type HostTensor } from '@lomap/compile';
import { maskedBatchSpecs, packMasked, type MaskedExample, type MaskedLm, type TensorMaskedBatch } from '@lomap/models';
import { crossEntropy, sumOf, tokenScores } from './losses.ts';
import type { Objective, Readable } from './objective.ts';

/** What is read of a text with hidden tokens. */
export interface MaskedLmReading {
  /** Cross-entropy of its hidden tokens, added up, in nats. */
  readonly loss: number;
  /** Hidden tokens whose logit is the largest. */
  readonly correct: number;
  /** Hidden tokens. */
  readonly tokens: number;
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

/** The mean cross-entropy of the hidden tokens, each counting the same; `maskedLm` of a checkpoint predicts them. */
export function maskedLm({
  logits,
}: Pick<MaskedLm, 'logits'>): Objective<MaskedExample, TensorMaskedBatch, MaskedLmReading> {
  return {
    key: 'masked language modelling',
    specs: maskedBatchSpecs,
    pack: packMasked,
    length: ({ inputIds }) => inputIds.length,
    weight: ({ positions }) => positions.length,
    evaluationBatchSize: 64,
    loss: (context, batch) =>
      crossEntropy(logits(context, batch), batch.maskedIds as tf.Tensor1D, batch.maskedWeights as tf.Tensor1D),
    read: (context, batch) => tokenScores(logits(context, batch), batch.maskedIds),
    readings({ losses, correct }: Readable<HostTensor>, examples) {
      let first = 0;
      return examples.map(({ positions }) => {
        const [begin, end] = [first, (first += positions.length)];
        return {
          loss: sumOf(floats(losses!), begin, end),
          correct: sumOf(floats(correct!), begin, end),
          tokens: positions.length,
        };
      });
    },
  };
}

/** The score of these texts together. @throws RangeError when there are none. */
export function maskedLmScore(readings: readonly MaskedLmReading[]): MaskedLmScore {
  if (readings.length === 0) throw new RangeError('There are no examples to evaluate on.');
  const tokens = readings.reduce((total, reading) => total + reading.tokens, 0);
  const mean = (of: 'loss' | 'correct'): number => readings.reduce((total, reading) => total + reading[of], 0) / tokens;
  return { loss: mean('loss'), accuracy: mean('correct'), tokens };
}
