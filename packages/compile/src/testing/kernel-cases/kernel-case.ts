import type { HostTensor } from '../../host.ts';
import type { TensorSpec } from '../../symbolic/dimension.ts';
import { N, type TensorFunction } from '../both.ts';

/** One use of a kernel, to be compared compiled and eager. */
export interface KernelCase {
  readonly what: string;
  readonly inputs: readonly TensorSpec[];
  readonly f: TensorFunction;
  /** The inputs to differentiate by; those of type float32 when not given. Empty where there is no gradient. */
  readonly gradient?: readonly number[];
  /** Replaces the random values of an input. */
  readonly values?: (random: HostTensor, input: number) => ArrayLike<number>;
  /** Of values and gradients, relative to the largest; float32 rounding when not given. */
  readonly tolerance?: number;
}

/** The cases of each kernel, by TensorFlow.js's name of it. */
export type KernelCases = Readonly<Record<string, readonly KernelCase[]>>;

/** A float32 or an int32 input of this shape. */
export const floats = (...shape: TensorSpec['shape']): TensorSpec => ({ dtype: 'float32', shape });
export const ints = (...shape: TensorSpec['shape']): TensorSpec => ({ dtype: 'int32', shape });

/** The shapes that most cases use: symbolic, of rank 1 to 4. */
export const VECTOR = floats(N);
export const MATRIX = floats(N, 4);
export const CUBE = floats(2, N, 3);
export const HYPERCUBE = floats(2, 3, N, 4);

/** Keeps values away from zero, where a function or its gradient is not smooth. */
export const positive = (random: HostTensor): Float32Array => Float32Array.from(random.data, (x) => 0.25 + Math.abs(x));
export const nonzero = (random: HostTensor): Float32Array =>
  Float32Array.from(random.data, (x) => x + (x < 0 ? -0.25 : 0.25));
