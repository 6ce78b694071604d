/** What a start does once its libraries are there. */
import { onnxRuntimeVersion } from '@lomap/compile';
import { adaptedModel } from '../common/adapted-model.ts';
import { examplesOf, trainerOf } from '../common/trainer.ts';
import { rowsOfLengths } from '../step/batch.ts';
import type { StartupAnswer, StartupJob } from './protocol.ts';

/** Opens the model, compiles the step and runs one, and says when each was done by the clock given. */
export async function start(
  job: StartupJob,
  now: () => number,
): Promise<{ ended: Pick<StartupAnswer['ended'], 'model' | 'compile' | 'step'>; versions: Record<string, string> }> {
  const rows = rowsOfLengths(Array.from({ length: 16 }, () => 32));
  const labels = rows.map((_, example) => example % 2);
  const options = {
    ...job,
    examples: examplesOf(rows, labels),
    device: { device: 'cpu', threads: job.threads, optimizationLevel: 'all', prepacking: true },
    learningRate: 1e-4,
    maxGradNorm: 1,
    cached: true,
  } as const;
  const opened = await adaptedModel({ ...options, numLabels: 2 });
  const model = now();
  const trainer = await trainerOf(opened, options);
  const compile = now();
  await trainer.step();
  return { ended: { model, compile, step: now() }, versions: { onnxruntime: onnxRuntimeVersion() } };
}
