import { tf } from '@lomap/compile';
import { normOfSquare, withoutGradient } from './gradient.ts';
import type { MapSettings } from './settings.ts';

/** ‖·‖ + ε or max(‖·‖, ε) of a squared norm in the graph; a constant in the backward pass if the settings detach it. */
export function denominator(squaredNorm: () => tf.Tensor, settings: MapSettings): tf.Tensor {
  const { epsilon, epsilonMode, detachNorm } = settings;
  const value = (): tf.Tensor => {
    const norm = normOfSquare(squaredNorm());
    if (epsilon === 0) return norm;
    return epsilonMode === 'add' ? tf.add(norm, epsilon) : tf.maximum(norm, epsilon);
  };
  return detachNorm ? withoutGradient(value) : value();
}

/**
 * The same of norms on the host.
 *
 * @throws RangeError where a norm is 0 and ε too: there is nothing to divide by.
 */
export function denominatorValues(norms: Float64Array, settings: MapSettings, what: string): Float64Array {
  const { epsilon, epsilonMode } = settings;
  const values = norms.map((norm) => (epsilonMode === 'add' ? norm + epsilon : Math.max(norm, epsilon)));
  const zero = values.indexOf(0);
  if (zero >= 0) throw new RangeError(`${what}: norm ${zero} is 0 and epsilon is 0. Choose an epsilon > 0, e.g. 1e-6.`);
  return values;
}
