import type { ParamSpec } from '@lomap/peft';

/** A scalar that moved less than this share of its start counts as frozen. */
const SHARE = 0.05;

/**
 * Whether training left every learned scalar (α, β: the specs of group `scalars`) within 5 % of its start; null when
 * there is none to learn.
 *
 * The change is relative to the start's absolute value, element by element. A start of 0 (β₀ = 0, or a relative
 * α = ‖W‖(1 + a) with a = 0) has no scale of its own: there the change itself is compared with .05. Where the
 * parameters are logarithms of α and β, or exponents with a learning rate of their own, a change of 5 % is one of log 1.05.
 * What is set before each step is not learned.
 *
 * @param start values before training, in the order of the specs
 * @param end values after training
 */
export function effectivelyFrozen(
  specs: readonly ParamSpec[],
  start: readonly Float32Array[],
  end: readonly Float32Array[],
  parametrization: 'raw' | 'relative' | 'log' = 'raw',
): boolean | null {
  const scalars = specs.flatMap((spec, i) => (spec.group === 'scalars' && !spec.scheduled ? [i] : []));
  if (scalars.length === 0) return null;
  return scalars.every((i) => {
    const exponent = parametrization === 'log' || specs[i]!.learningRate !== undefined;
    const limit = (from: number): number => (exponent ? Math.log1p(SHARE) : SHARE * (Math.abs(from) || 1));
    return start[i]!.every((from, j) => Math.abs(end[i]![j]! - from) < limit(from));
  });
}
