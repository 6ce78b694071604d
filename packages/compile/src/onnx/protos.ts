import type { Attribute } from '../trace/graph.ts';
import { ATTRIBUTE_TYPE, DATA_TYPE, type AttributeProto, type NodeProto, type TensorProto } from './schema.ts';

/** Attributes that ONNX declares as floats although their value may be whole. */
const FLOAT_ATTRIBUTES = new Set(['alpha', 'beta', 'epsilon']);

/** A node of the given operator. */
export function operator(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Readonly<Record<string, Attribute | TensorProto>> = {},
  domain?: string,
): NodeProto {
  return {
    opType,
    name: output[0]!,
    input,
    output,
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
    ...(domain === undefined ? {} : { domain }),
  };
}

function attribute(name: string, value: Attribute | TensorProto): AttributeProto {
  if (typeof value === 'number') {
    return FLOAT_ATTRIBUTES.has(name)
      ? { name, type: ATTRIBUTE_TYPE.float, f: value }
      : { name, type: ATTRIBUTE_TYPE.int, i: value };
  }
  if (typeof value === 'string') return { name, type: ATTRIBUTE_TYPE.string, s: new TextEncoder().encode(value) };
  if ('dataType' in value) return { name, type: ATTRIBUTE_TYPE.tensor, t: value };
  return { name, type: ATTRIBUTE_TYPE.ints, ints: value };
}

/** A tensor held in the graph itself. */
export function inlineTensor(
  name: string,
  dataType: keyof typeof DATA_TYPE,
  dims: readonly number[],
  data: Float32Array | Int32Array | Uint8Array | BigInt64Array,
): TensorProto {
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dims, dataType: DATA_TYPE[dataType], rawData };
}

/** A vector of int64. */
export function int64Tensor(name: string, values: readonly number[]): TensorProto {
  return inlineTensor(name, 'int64', [values.length], BigInt64Array.from(values, BigInt));
}
