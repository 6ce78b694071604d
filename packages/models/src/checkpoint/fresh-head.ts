import { fold, normal, sizeOf, type Key } from '@lomap/compile';

/** A fresh head tensor as HF initialises it: weights normal(0, deviation), biases 0. A pure function of key and name. */
export function freshHead(key: Key, name: string, shape: readonly number[], deviation: number): Float32Array {
  const size = sizeOf(shape);
  return name.endsWith('.bias') ? new Float32Array(size) : normal(fold(key, name), size, 0, deviation);
}
