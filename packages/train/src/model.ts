import { tf, type DeviceOptions } from '@lomap/compile';
import type { Context, Dropout, TensorBatch } from '@lomap/models';
import type { Adaptation } from '@lomap/peft';
import type { DropoutSites } from './dropout.ts';
import { taskLoss, type TaskKind } from './loss.ts';
import type { Reuse } from './reuse.ts';
import type { BatchLoss } from './step.ts';

/** What training and prediction need to know of a model, the method bound to it and the machine. */
export interface AdaptedModel {
  /** The model as a pure function of its context: logits [B, numLabels]. */
  readonly forward: (context: Context, batch: TensorBatch) => tf.Tensor2D;
  /** The base model's weights; `Checkpoint` of @lomap/models has this shape. */
  readonly checkpoint: { context(dropout?: Dropout): Context };
  readonly adaptation: Adaptation;
  readonly numLabels: number;
  readonly device: DeviceOptions;
  /** Where graphs and dropout pools are kept between runs. */
  readonly cacheDirectory: string;
  /** Keeps compiled functions for the next model that traces to the same; undefined: each is compiled anew. */
  readonly reuse?: Reuse | undefined;
}

/** The logits of the adapted model without dropout. `params` in the order of the adaptation's specs. */
export function evaluationLogits(model: AdaptedModel, params: readonly tf.Tensor[], batch: TensorBatch): tf.Tensor2D {
  return model.forward(model.adaptation.context(params, model.checkpoint.context()), batch);
}

/**
 * The logits of the adapted model in training.
 *
 * @param modelRate replaces every rate that the model asks for; the adapter's own dropout, which the adaptation asks of
 *   the base context, keeps its rate. null replaces none.
 */
export function trainingLogits(
  model: AdaptedModel,
  params: readonly tf.Tensor[],
  batch: TensorBatch,
  dropout: Dropout,
  modelRate: number | null,
): tf.Tensor2D {
  const adapted = model.adaptation.context(params, model.checkpoint.context(dropout));
  if (modelRate === null) return model.forward(adapted, batch);
  return model.forward(
    {
      param: (path) => adapted.param(path),
      linear: (path, x) => adapted.linear(path, x),
      dropout: (x, site) => adapted.dropout(x, site, modelRate),
    },
    batch,
  );
}

/** The mean loss of a batch in training, with the method's penalty if it has one, whose dropout sites are registered in `sites` as it runs or is traced. */
export function trainingLoss(
  model: AdaptedModel,
  kind: TaskKind,
  sites: DropoutSites,
  modelRate: number | null,
): BatchLoss<TensorBatch> {
  return (params, batch, offsets) => {
    const logits = trainingLogits(model, params, batch, sites.at(offsets), modelRate);
    const loss = taskLoss(kind, logits, batch.labels as tf.Tensor1D, batch.weights as tf.Tensor1D);
    const { penalty } = model.adaptation;
    return penalty ? tf.add(loss, penalty(params)) : loss;
  };
}
