/** What a trial holds in memory, as a sum of sizes: nothing is measured. */
import type { ModelDescription } from '@lomap/models';
import { countParameters, inHead } from '@lomap/peft';
import type { TrialSettings } from '@lomap/results';

export interface Memory {
  /** The base's weights, which stay in the checkpoint's file and are mapped. */
  readonly weights: number;
  /** What trains, its gradient and AdamW's two moments, in float32. */
  readonly training: number;
  /** Inputs and outputs of the linear maps and the attention's probabilities with their masks, of one part of a batch. */
  readonly activations: number;
}

const FLOAT = 4;
/** As the trainer cuts batches (`packages/train/src/passes.ts`). */
const TOKENS_PER_PART = 640;

/**
 * Bytes of a trial whose examples all have the greatest length.
 *
 * activations = 4 N Σ (in + out) over the linear maps + 8 heads N S over the layers, for N tokens of a part at length S.
 */
export function memoryOf(
  model: ModelDescription,
  { method, training }: Pick<TrialSettings, 'method' | 'training'>,
): Memory {
  const { batchSize, maxLength } = training;
  const parts = training.gradientAccumulationSteps ?? Math.ceil((batchSize * maxLength) / TOKENS_PER_PART);
  const tokens = Math.ceil(batchSize / Math.min(parts, batchSize)) * maxLength;
  const { adapter, head } = countParameters(model, method);
  const linears = model.linears.filter(({ path }) => !inHead(model.head, path));
  const queries = model.roles['query'] ?? [];
  const layers = linears.filter(({ path }) =>
    queries.some((name) => path === name || path.endsWith(`.${name}`)),
  ).length;
  const widths = linears.reduce((sum, { in: inputs, out }) => sum + inputs + out, 0);
  const values = model.tensors.reduce((sum, name) => sum + model.shape(name).reduce((a, b) => a * b, 1), 0);
  return {
    weights: model.bytesPerValue * values,
    training: 4 * FLOAT * (adapter + head),
    activations: FLOAT * tokens * widths + 2 * FLOAT * (model.attention?.heads ?? 0) * tokens * maxLength * layers,
  };
}
