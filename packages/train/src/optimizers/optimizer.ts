import { float32, type HostTensor, type tf } from '@lomap/compile';
import type { FlatLayout, Segment } from '../flat-layout.ts';

/**
 * The parameters and the optimizer's slots (vectors of its own, such as Adam's moments), each [P], as tensors or as host
 * arrays.
 */
export interface OptimizerState<T> {
  readonly params: T;
  readonly [slot: string]: T;
}

/** The numbers of an optimizer that change with the step, each [1], as tensors or as host arrays. */
export type OptimizerHyper<T> = Readonly<Record<string, T>>;

/** An optimizer with its settings. Its state is explicit, so a resume file holds it whole. */
export interface Optimizer {
  /** What `TrainingSettings.optimizer` calls it. */
  readonly name: string;
  /** Names of its slots, in the order that resume files hold them. They start at 0. */
  readonly slots: readonly string[];
  /** The numbers of the step k = 0, 1, ... at this learning rate; the same names at every step. */
  hyper(place: { readonly k: number; readonly learningRate: number }): Readonly<Record<string, number>>;
  /** One step: the parameters and slots after it, given the clipped gradient [P]. A pure function of tensors. */
  update(
    state: OptimizerState<tf.Tensor1D>,
    gradient: tf.Tensor1D,
    hyper: OptimizerHyper<tf.Tensor1D>,
    layout: FlatLayout,
  ): OptimizerState<tf.Tensor1D>;
}

/** Hyperparameters that stay the same through a run. An optimizer without moments ignores theirs. */
export interface OptimizerSettings {
  /** Decay rates of the first and second moment. */
  readonly betas: readonly [number, number];
  /** Added to the square root of the second moment. */
  readonly epsilon: number;
  /** Decoupled weight decay λ of the segments that decay. */
  readonly weightDecay: number;
  /** A segment's learning rate over the step's; default: its multiplier. */
  readonly learningRateScale?: (segment: Segment) => number;
}

/** The state before the first step: the parameters [P] and slots of zeros. */
export function freshState({ slots }: Pick<Optimizer, 'slots'>, params: Float32Array): OptimizerState<HostTensor> {
  return stateOf(slots, [params.slice(), ...slots.map(() => new Float32Array(params.length))]);
}

/** The state of these vectors [P]: the parameters, then the slots in order. */
export function stateOf(slots: readonly string[], vectors: readonly Float32Array[]): OptimizerState<HostTensor> {
  const [params, ...own] = vectors.map((values) => float32(values, [values.length]));
  return { ...Object.fromEntries(slots.map((slot, i) => [slot, own[i]!] as const)), params: params! };
}
