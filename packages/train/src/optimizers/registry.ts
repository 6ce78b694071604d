import { adamw } from './adamw.ts';
import type { Optimizer, OptimizerSettings } from './optimizer.ts';

/** Makes an optimizer of these settings. */
export type OptimizerKind = (settings: OptimizerSettings) => Optimizer;

const kinds = new Map<string, OptimizerKind>([['adamw', adamw]]);

/** What `TrainingSettings.optimizer` may be; without it, AdamW. */
export function optimizerNames(): string[] {
  return [...kinds.keys()];
}

/**
 * Adds an optimizer to those that a run may name.
 *
 * @throws RangeError for a name that is taken.
 */
export function registerOptimizer(name: string, kind: OptimizerKind): void {
  if (kinds.has(name)) throw new RangeError(`There is an optimizer "${name}" already; give this one another name.`);
  kinds.set(name, kind);
}

/**
 * The optimizer of this name.
 *
 * @throws RangeError for a name that is not known, naming those that are.
 */
export function createOptimizer(name: string, settings: OptimizerSettings): Optimizer {
  const kind = kinds.get(name);
  if (!kind) throw new RangeError(`There is no optimizer "${name}". Known: ${optimizerNames().join(', ')}.`);
  return kind(settings);
}
