import { tf, type DeviceOptions } from '@lomap/compile';
import type { Context, Dropout } from '@lomap/models';
import type { Adaptation } from '@lomap/peft';
import type { DropoutSites } from './dropout.ts';
import type { Objective } from './objectives/objective.ts';
import type { Reuse } from './reuse.ts';
import type { BatchLoss } from './step.ts';

/** What training and evaluation need to know of a model, what of it trains, and the machine. */
export interface TrainableModel {
  /** The base model's weights; `Checkpoint` of @lomap/models has this shape. */
  readonly checkpoint: { context(dropout?: Dropout): Context };
  readonly adaptation: Pick<Adaptation, 'specs' | 'context' | 'penalty' | 'betweenSteps' | 'tryout'>;
  readonly device: DeviceOptions;
  /** Where graphs and dropout pools are kept between runs. */
  readonly cacheDirectory: string;
  /** Keeps compiled functions for the next model that traces to the same; undefined: each is compiled anew. */
  readonly reuse?: Reuse | undefined;
}

/** A model with a method bound to it. */
export interface AdaptedModel extends TrainableModel {
  readonly adaptation: Adaptation;
}

/** The context of the adapted model without dropout. `params` in the order of the adaptation's specs. */
export function evaluationContext({ adaptation, checkpoint }: TrainableModel, params: readonly tf.Tensor[]): Context {
  return adaptation.context(params, checkpoint.context());
}

/** The name that models give the dropout in front of their classifier, as Hugging Face's do. */
const CLASSIFIER_SITE = 'dropout';

/**
 * The context of the adapted model in training.
 *
 * @param modelRate replaces every rate that the model asks for; the adapter's own dropout, which the adaptation asks of
 *   the base context, keeps its rate. null replaces none.
 * @param classifierRate replaces the rate in front of the classifier, whatever the others are.
 */
export function trainingContext(
  { adaptation, checkpoint }: TrainableModel,
  params: readonly tf.Tensor[],
  dropout: Dropout,
  modelRate: number | null,
  classifierRate?: number,
): Context {
  const adapted = adaptation.context(params, checkpoint.context(dropout));
  if (modelRate === null && classifierRate === undefined) return adapted;
  const rateAt = (site: string, own: number): number =>
    site === CLASSIFIER_SITE && classifierRate !== undefined ? classifierRate : (modelRate ?? own);
  return {
    param: (path) => adapted.param(path),
    linear: (path, x) => adapted.linear(path, x),
    dropout: (x, site, rate) => adapted.dropout(x, site, rateAt(site, rate)),
  };
}

/** The objective's loss of a batch in training, with the method's penalty if it has one, whose dropout sites are registered in `sites` as it runs or is traced. */
export function trainingLoss<Batch>(
  model: TrainableModel,
  objective: Pick<Objective<never, Batch, unknown>, 'loss'>,
  sites: DropoutSites,
  modelRate: number | null,
  classifierRate?: number,
): BatchLoss<Batch> {
  return (params, batch, offsets) => {
    const loss = objective.loss(trainingContext(model, params, sites.at(offsets), modelRate, classifierRate), batch);
    const { penalty } = model.adaptation;
    return penalty ? tf.add(loss, penalty(params)) : loss;
  };
}
