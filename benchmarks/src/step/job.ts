import type { LoadRequest } from './protocol.ts';
import { classifierOf } from './batch.ts';

/** What every engine is given; the method and the device are added. */
export type Job = Omit<LoadRequest, 'method' | 'device' | 'torchCompile'>;

type Chosen = Pick<Job, 'model' | 'rank' | 'threads' | 'inputIds' | 'padTo' | 'dropout' | 'cacheDirectory'>;

/**
 * A training step of two classes as all benchmarks of steps take it: clipping at 1.0, one rate, labels in turn.
 *
 * @param hidden the model's width.
 */
export function jobOf(hidden: number, chosen: Chosen): Job {
  return {
    command: 'load',
    learningRate: 1e-4,
    maxGradNorm: 1,
    labels: chosen.inputIds.map((_, example) => example % 2),
    classifier: classifierOf(hidden),
    ...chosen,
  };
}
