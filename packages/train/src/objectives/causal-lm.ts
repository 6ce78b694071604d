/** Causal language modelling: chosen tokens of a text are predicted from those before them. */
import { floats, tf, type HostTensor } from '@lomap/compile';
import {
  nextTokenBatchSpecs,
  packNextToken,
  type NextToken,
  type NextTokenExample,
  type TensorNextTokenBatch,
} from '@lomap/models';
import { sumOf, tokenCrossEntropy, tokenScores, weightedMean } from './losses.ts';
import type { Objective, Readable } from './objective.ts';

/** What is read of a text: how likely the tokens are that it asks for, each given all before it. */
export interface LikelihoodReading {
  /** Σᵢ ln p(tᵢ | t₁ … tᵢ₋₁) over the asked tokens, in nats. */
  readonly logLikelihood: number;
  /** Asked tokens that no other token is more likely than: all of them where greedy decoding says the same. */
  readonly mostLikely: number;
  /** Asked tokens. */
  readonly tokens: number;
}

/**
 * The weighted mean cross-entropy of the asked tokens of a batch's texts, so that each counts by its weight whatever text it is of;
 * `nextToken` of a checkpoint predicts them. The output head's product is computed for their rows alone. Asked for a
 * prompt's continuation (`predictedFrom`), a reading is that continuation's likelihood.
 */
export function causalLm({
  logits,
}: Pick<NextToken, 'logits'>): Objective<NextTokenExample, TensorNextTokenBatch, LikelihoodReading> {
  return {
    key: 'causal language modelling',
    specs: nextTokenBatchSpecs,
    pack: packNextToken,
    length: ({ inputIds }) => inputIds.length,
    weight: ({ targets, weights }) => weights?.reduce((sum, weight) => sum + weight, 0) ?? targets.length,
    loss: (context, batch) =>
      weightedMean(
        tokenCrossEntropy(logits(context, batch), batch.nextIds as tf.Tensor1D),
        batch.nextWeights as tf.Tensor1D,
      ),
    read: (context, batch) => tokenScores(logits(context, batch), batch.nextIds),
    readings({ losses, correct }: Readable<HostTensor>, examples) {
      let first = 0;
      return examples.map(({ targets }) => {
        const [begin, end] = [first, (first += targets.length)];
        return {
          logLikelihood: -sumOf(floats(losses!), begin, end),
          mostLikely: sumOf(floats(correct!), begin, end),
          tokens: targets.length,
        };
      });
    },
  };
}
