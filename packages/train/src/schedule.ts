import type { TrainingSettings } from './settings.ts';

/** Optimizer steps in one pass over `examples` rows, the short last batch included. */
export function stepsPerEpoch(examples: number, batchSize: number): number {
  return Math.ceil(examples / batchSize);
}

/** Optimizer steps of a run: `maxSteps` if given, else `epochs` passes, rounded up to a whole step. */
export function totalSteps(
  examples: number,
  settings: Pick<TrainingSettings, 'batchSize' | 'epochs' | 'maxSteps'>,
): number {
  return settings.maxSteps ?? Math.ceil(settings.epochs * stepsPerEpoch(examples, settings.batchSize) - 1e-9);
}

/** Steps that warm up: `warmupSteps` if given, else the share `warmupRatio` of all, rounded up; never more than all. */
export function warmupSteps(steps: number, settings: Pick<TrainingSettings, 'warmupRatio' | 'warmupSteps'>): number {
  return Math.min(steps, settings.warmupSteps ?? Math.ceil(settings.warmupRatio * steps - 1e-9));
}

/**
 * The learning rate of each step k = 0, ..., T - 1, with W warm-up steps:
 *
 *     k < W: peak (k + 1) / (W + 1)        else: peak (T - k) / (T - W) (linear) or peak (constant)
 *
 * Step 0 has peak / (W + 1), not the 0 that Hugging Face's schedule (k / W) gives it: a step at rate 0 changes nothing,
 * wastes a batch, and would let MAP meet its singular start ‖BA‖ = 0 twice. The first step at the full peak is step W
 * and the last step still has peak / (T - W), so no step is lost.
 */
export function learningRates(
  steps: number,
  settings: Pick<TrainingSettings, 'learningRate' | 'schedule' | 'warmupRatio' | 'warmupSteps'>,
): number[] {
  const { learningRate: peak, schedule } = settings;
  const warmup = warmupSteps(steps, settings);
  return Array.from({ length: steps }, (_, k) => {
    if (k < warmup) return (peak * (k + 1)) / (warmup + 1);
    return schedule === 'constant' ? peak : (peak * (steps - k)) / (steps - warmup);
  });
}
