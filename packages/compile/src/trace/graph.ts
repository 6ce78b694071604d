/** The graph that a trace records: values and the nodes that make them, with every shape a list of plain numbers. */
import type { WeightSource } from '../frozen-source.ts';
import type { SixteenBits } from '../sixteen-bits.ts';

/** What functions compute with. */
export type ComputedDtype = 'float32' | 'int32' | 'bool';

/** Frozen weights may be stored in 16 bits (`castFrozen`). */
export type Dtype = ComputedDtype | SixteenBits;

/** One tensor of the graph. `id` counts up in the order of recording, so that two traces can be laid side by side. */
export interface Value {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
}

/**
 * A vector of sizes or positions that an operator takes as an int64 input (a reshape's target, a slice's ends ...).
 * Its entries may depend on the symbols; `Reshape` and `Slice` mean what they mean in ONNX.
 */
export interface Sizes {
  readonly sizes: readonly number[];
}

export type Operand = Value | Sizes;

export type Attribute = number | string | readonly number[];

/** One operator. Names, operand order and attributes are ONNX's (opset 20, and `com.microsoft` where `domain` says so). */
export interface Node {
  readonly op: string;
  readonly domain?: string;
  readonly operands: readonly Operand[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A tensor whose values were known when the trace was made. */
export interface Constant {
  readonly value: Value;
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** A frozen weight: its values stay in their file. */
export interface FrozenLeaf {
  readonly value: Value;
  readonly source: WeightSource;
}

export interface Graph {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<number, Constant>;
  readonly frozen: ReadonlyMap<number, FrozenLeaf>;
}

export function isSizes(operand: Operand): operand is Sizes {
  return 'sizes' in operand;
}

/** Attributes as a string that equal ones share. JSON alone writes infinities and NaN as null, and -0 as 0. */
export function attributesKey(attributes: Node['attributes']): string {
  return JSON.stringify(attributes, (_, value: unknown) =>
    typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
      ? { number: Object.is(value, -0) ? '-0' : String(value) }
      : value,
  );
}
