import type { tf } from '@lomap/compile';
import type { ParamSpec } from '@lomap/map';
import type { BetweenStepsRule } from './between-steps.ts';
import type { Tryout } from './tryout.ts';

export type { ParamGroup, ParamSpec } from '@lomap/map';

/** A linear module of a base model: weight [out, in] at `${path}.weight`, bias [out] at `${path}.bias` if it has one. */
export interface LinearModule {
  readonly path: string;
  readonly out: number;
  readonly in: number;
  readonly bias: boolean;
}

/** What injection needs of a base model. Checkpoints of `@lomap/models` have this shape. */
export interface BaseModel {
  /** Every linear module, in the model's order. */
  readonly linears: readonly LinearModule[];
  /** Path prefixes of the task head's modules, trained with every method, e.g. `bert.pooler`, `classifier`. */
  readonly head: readonly string[];
  /** The module names that play a role in every layer, for targets such as `@query`. @default the model names none */
  readonly roles?: Readonly<Record<string, readonly string[]>>;
  /** Names of all tensors, head included. */
  readonly tensors: readonly string[];
  shape(name: string): readonly number[];
  /** The tensor's values; for a head tensor that the checkpoint lacks, its seeded start. */
  read(name: string): Float32Array;
  /** The tensor's seeded start, as training from scratch has it. */
  fresh(name: string): Float32Array;
  /** The tensor as a frozen leaf of the traced or eager graph. */
  frozen(name: string): tf.Tensor;
}

/** What can be said of a base model without its values: enough to count parameters. */
export type BaseModelShapes = Omit<BaseModel, 'read' | 'fresh' | 'frozen'>;

/** A model's context, as `@lomap/models` declares it. */
export interface Context {
  param(path: string): tf.Tensor;
  linear(path: string, x: tf.Tensor2D): tf.Tensor2D;
  dropout<T extends tf.Tensor>(x: T, site: string, rate: number): T;
}

/** What an adapted matrix is after (or before) training, for reports. Norms are Frobenius norms. */
export interface MatrixSummary {
  readonly path: string;
  /** ‖W* - W‖ */
  readonly updateNorm: number;
  /** ‖W‖ */
  readonly baseNorm: number;
  /** ‖Δ‖ of the unnormalised, unscaled delta; null without a delta. */
  readonly deltaNorm: number | null;
  /** α/‖W‖ - 1, or the mean over a vector α's entries; null without α. */
  readonly alphaChange: number | null;
  /** β, or the mean over a vector β's entries; null without β. */
  readonly beta: number | null;
  readonly betaStart: number | null;
  /** How many entries of Λ are not 0, where training allocates ranks; absent elsewhere. */
  readonly rank?: number;
}

/** A method bound to a base model. */
export interface Adaptation {
  /** All trainable tensors, head included, in a fixed order. */
  readonly specs: readonly ParamSpec[];
  /** Trainable parameters in adapters (scalars included) and in the head. */
  readonly counts: { readonly adapter: number; readonly head: number };
  /** What is added to the training loss of these parameters, a scalar. Absent: nothing. */
  readonly penalty?: (params: readonly tf.Tensor[]) => tf.Scalar;
  /** What the method does between steps. Absent: nothing. */
  readonly betweenSteps?: BetweenStepsRule;
  /** Starts that a run tries before it begins. Absent: none. */
  readonly tryout?: Tryout;
  /** Adapter parameters (as in `counts`) without the ranks that training took away. Absent where it takes none. */
  readonly keptParameters?: (params: readonly Float32Array[]) => number;
  /** The context in which the model uses these parameters (in the order of `specs`), over a context that reads the base. */
  context(params: readonly tf.Tensor[], base: Context): Context;
  /**
   * The weights `path.weight` that the adapters change, merged: W* [out, in]; biases where a method changes them. Head
   * tensors are included as they are.
   */
  merge(params: readonly Float32Array[]): Map<string, Float32Array>;
  /** The same, each made when it is asked for and kept by nobody: of a large model's weights not all fit into memory. */
  merging(params: readonly Float32Array[]): Map<string, () => Float32Array>;
  /** The same names with the base model's own values, bit for bit: merging never writes to the base. */
  unmerge(): Map<string, Float32Array>;
  summary(params: readonly Float32Array[]): MatrixSummary[];
}
