import { fold, key } from '@lomap/compile';
import type { ParamSpec } from '@lomap/peft';

/** The starting values of every trainable tensor, in the order of the specs: init(seed, 'init', name). */
export function initialParams(specs: readonly ParamSpec[], seed: number): Float32Array[] {
  return specs.map((spec) => spec.init(fold(key(seed), 'init', spec.name)));
}
