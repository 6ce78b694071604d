/** The trainable factors of updates, and how they start. */
import { normal, sizeOf, uniform, type Key } from '@lomap/compile';
import type { ParamSpec } from '@lomap/map';

/** Starting values of a tensor of this shape, a pure function of the key. */
export type Init = (key: Key, shape: readonly number[]) => Float32Array;

export const zeros: Init = (_, shape) => new Float32Array(sizeOf(shape));

/** The same value everywhere. */
export const filled =
  (value: number): Init =>
  (_, shape) =>
    new Float32Array(sizeOf(shape)).fill(value);

/** U(-1/√fan-in, 1/√fan-in), fan-in the number of columns: kaiming-uniform with a = √5, HF PEFT's default. */
export const kaimingUniform: Init = (key, shape) => {
  const bound = 1 / Math.sqrt(shape.at(-1)!);
  return uniform(key, sizeOf(shape), -bound, bound);
};

/** N(0, deviation²). */
export const gaussian =
  (deviation: number): Init =>
  (key, shape) =>
    normal(key, sizeOf(shape), 0, deviation);

/** A trainable tensor of the group `adapter`; matrices decay, vectors do not. */
export function factor(name: string, shape: readonly number[], init: Init, learningRateMultiplier = 1): ParamSpec {
  return {
    name,
    shape,
    init: (key) => init(key, shape),
    decay: shape.length > 1,
    group: 'adapter',
    learningRateMultiplier,
  };
}

/** @throws RangeError for a rank that is not a positive integer. */
export function checkRank(rank: number): void {
  if (!Number.isSafeInteger(rank) || rank < 1) throw new RangeError(`rank is a positive integer, not ${rank}.`);
}
