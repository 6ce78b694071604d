import { fold, normal, sizeOf, type Key } from '@lomap/compile';
import type { Model } from '../architectures/architecture.ts';

/**
 * A tensor as HF initialises it: weights normal(0, deviation), norms' scales 1, biases 0. A pure function of key and
 * name.
 */
export function freshTensor(
  key: Key,
  name: string,
  shape: readonly number[],
  { initializerRange, isScale }: Pick<Model, 'initializerRange' | 'isScale'>,
): Float32Array {
  const size = sizeOf(shape);
  if (name.endsWith('.bias')) return new Float32Array(size);
  return isScale(name) ? new Float32Array(size).fill(1) : normal(fold(key, name), size, 0, initializerRange);
}
