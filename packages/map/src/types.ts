/** The vocabulary of adapted matrices: a frozen weight W, an update Δ, and how the two become W*. */
import type { Key, tf } from '@lomap/compile';

/**
 * What a norm runs along, for W [out, in]: all entries (a scalar), the entries of each row (per output, [out]) or of
 * each column (per input, [in]).
 */
export type Along = 'global' | 'row' | 'column';

/** Which parameters share a learning-rate multiplier and, by default, a clipping norm. */
export type ParamGroup = 'adapter' | 'scalars' | 'head';

/** One trainable tensor, before it has values. */
export interface ParamSpec {
  /** Unique in an adaptation, e.g. `bert.encoder.layer.0.attention.self.query.lora_A`; local (`lora_A`) in a delta's or a composition's own list. */
  readonly name: string;
  readonly shape: readonly number[];
  /** The starting values, a pure function of the key. An adaptation's specs fold their name into it themselves. */
  readonly init: (key: Key) => Float32Array;
  /** Whether weight decay applies: matrices yes; biases, norms, magnitudes, α and β no. */
  readonly decay: boolean;
  readonly group: ParamGroup;
  /** Factor on the group's learning rate; 1 unless the method says otherwise. */
  readonly learningRateMultiplier: number;
  /** Its peak learning rate, whatever its group's is and without the multiplier. Absent: the group's. */
  readonly learningRate?: number | undefined;
  /** Whether it is set before each step and has no gradient: it is no trainable parameter. @default false */
  readonly scheduled?: boolean | undefined;
  /**
   * For a tensor that several matrices have in common: what it is named after in place of a matrix's path. An
   * adaptation has the tensors of one such name once. Absent: the matrix's own.
   */
  readonly shared?: string | undefined;
}

/** The rows (`out`) and columns (`in`) of a matrix. */
export interface MatrixShape {
  readonly out: number;
  readonly in: number;
}

/** Tensors of one matrix by their local names, e.g. `lora_A`. */
export type Tensors = Readonly<Record<string, tf.Tensor>>;

/** The same on the host, row-major. */
export type HostValues = Readonly<Record<string, ArrayLike<number>>>;

/** A frozen weight W [out, in]. */
export interface Weight extends MatrixShape {
  /** The module's path, for error messages. */
  readonly path: string;
  /** W as a frozen leaf of the traced or eager graph; no gradient is ever taken. */
  tensor(): tf.Tensor2D;
  /** W's values, row-major. */
  values(): Float32Array;
  /** ‖W‖ accumulated in float64: one value, [out] or [in]. Computed once. */
  norms(along: Along): Float64Array;
}

/** An update Δ [out, in] with its tensors inside. Only `dense` may build the matrix. */
export interface Delta extends MatrixShape {
  /** x Δᵀ [n, out] of x [n, in]. */
  apply(x: tf.Tensor2D): tf.Tensor2D;
  /** Δ [out, in], for tests and as the fallback of forms that do not factor. */
  dense(): tf.Tensor2D;
  /** ‖Δ‖² along: a scalar, [out] or [in]. */
  squaredNorm(along: Along): tf.Tensor;
  /** <W, Δ> along: a scalar, [out] or [in]. The gradient is Δ's alone. */
  inner(w: Weight, along: Along): tf.Tensor;
  /** sΔ for a number or a scalar s (`global`), diag(s)Δ for s [out] (`row`), Δ diag(s) for s [in] (`column`). */
  scale(by: tf.Tensor | number, along: Along): Delta;
}

/** A kind of update with its settings: what it trains for a matrix, and the update those tensors are. */
export interface DeltaFamily {
  readonly name: string;
  /** Local names. Shapes do not need W's values; `init` may read them. */
  params(w: Weight): ParamSpec[];
  /** The update of these tensors. What of W or of a seed it needs beside them is frozen: a constant, no parameter. */
  bind(w: Weight, own: Tensors, constants: Constants): Delta;
  /** Δ in float64, row-major, for merging and reports. */
  dense(w: Weight, own: HostValues): Float64Array;
  /** What a matrix's tensors add to the training loss: a scalar. Absent: nothing. */
  penalty?(own: Tensors): tf.Tensor;
  /** Δ's present rank, for updates whose ranks training allocates. Absent: a setting. */
  rank?(own: HostValues): number;
  /** How many of the matrix's parameters are in ranks that training took away. Absent where it takes none. */
  lostParameters?(own: HostValues): number;
  /** Δ = BA, for files that hold an update as such a product. Absent where Δ is none of low rank. */
  factors?(w: Weight, own: HostValues): LowRankFactors;
}

/** BA of A [rank, in] and B [out, rank], row-major on the host. */
export interface LowRankFactors {
  readonly rank: number;
  readonly a: ArrayLike<number>;
  readonly b: ArrayLike<number>;
}

/** W* = diag(base) W + diag(update) Δ, both [out]. */
export interface RowScales {
  readonly base: Float64Array;
  readonly update: Float64Array;
}

/** Constants that several matrices of one forward pass share, so that a graph holds each once. */
export interface Constants {
  /** The tensor of this name, made by the first who asks. */
  shared(name: string, make: () => tf.Tensor): tf.Tensor;
}

/** What goes into an adapted linear map. */
export interface LinearInput {
  /** [n, in] */
  readonly x: tf.Tensor2D;
  /** x after the adapter's own dropout; the same tensor where there is none. */
  readonly xDelta: tf.Tensor2D;
  /** [out], or null for a module without one. */
  readonly bias: tf.Tensor1D | null;
}

/** What a composition's parameters amount to, for reports; null where it has no such number. */
export interface MagnitudeSummary {
  /** α over its start, minus 1: the mean over a vector's entries. */
  readonly alphaChange: number | null;
  /** β, or the mean over a vector's entries. */
  readonly beta: number | null;
  /** Null too where the run itself chooses it. */
  readonly betaStart: number | null;
}

/** How W and Δ become W*. */
export interface Composition {
  readonly name: string;
  /** Local names. Shapes do not need W's values; `init` may read them. */
  params(w: Weight): ParamSpec[];
  /** x W*ᵀ + bias [n, out], the update reading `xDelta`; W* itself is not built. */
  apply(input: LinearInput, w: Weight, delta: Delta, own: Tensors): tf.Tensor2D;
  /** W* in float64, row-major, of W and the dense Δ: merging, and the reference that `apply` is tested against. */
  weight(w: Weight, delta: Float64Array, own: HostValues): Float64Array;
  /**
   * W* as a sum of rows of W and of Δ, each scaled; a sentence that says why where it is none under these settings.
   * Absent where a composition never is.
   */
  rowScales?(w: Weight, delta: Float64Array, own: HostValues): RowScales | string;
  /** The bias [out] in float64, for the few that change it too. Absent: the module's own stays. */
  bias?(w: Weight, bias: Float32Array, own: HostValues): Float64Array;
  /** For reports. Absent where the composition has no magnitudes. */
  summary?(w: Weight, own: HostValues, delta: Float64Array): MagnitudeSummary;
}
