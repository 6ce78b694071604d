/** The parts of an ONNX model (onnx.proto3) that the floor reads and writes; all else stays the bytes it was. */
import protobuf from 'protobufjs/light.js';

const field = (id: number, type: string): protobuf.IField => ({ id, type });
const repeated = (id: number, type: string): protobuf.IField => ({ id, type, rule: 'repeated' });

// A message's bytes are read and written alike whether its type is known or not: unknown ones are 'bytes' here.
const root = protobuf.Root.fromJSON({
  nested: {
    Model: { fields: { irVersion: field(1, 'int64'), graph: field(7, 'Graph'), opsetImport: repeated(8, 'bytes') } },
    Graph: {
      fields: {
        node: repeated(1, 'Node'),
        name: field(2, 'string'),
        initializer: repeated(5, 'bytes'),
        input: repeated(11, 'bytes'),
        output: repeated(12, 'bytes'),
      },
    },
    Node: {
      fields: {
        input: repeated(1, 'string'),
        output: repeated(2, 'string'),
        name: field(3, 'string'),
        opType: field(4, 'string'),
        attribute: repeated(5, 'bytes'),
        domain: field(7, 'string'),
      },
    },
    Tensor: { fields: { name: field(8, 'string') } },
    ValueInfo: { fields: { name: field(1, 'string'), type: field(2, 'Type') } },
    Type: { fields: { tensorType: field(1, 'TensorType') } },
    TensorType: { fields: { elemType: field(1, 'int32'), shape: field(2, 'Shape') } },
    Shape: { fields: { dim: repeated(1, 'Dim') } },
    Dim: { fields: { dimValue: field(1, 'int64'), dimParam: field(2, 'string') } },
  },
});

export interface OnnxNode {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name: string;
  readonly opType: string;
  readonly attribute: readonly Uint8Array[];
  readonly domain: string;
}

/** A tensor that goes in or out. Sizes are numbers, or symbols as `N` and `32*S`. */
export interface OnnxTensorInfo {
  readonly name: string;
  readonly elemType: number;
  readonly dims: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly irVersion: number;
  readonly opsets: readonly Uint8Array[];
  readonly nodes: readonly OnnxNode[];
  /** Encoded constants, by name. */
  readonly initializers: ReadonlyMap<string, Uint8Array>;
  readonly inputs: readonly OnnxTensorInfo[];
  readonly outputs: readonly OnnxTensorInfo[];
}

/** Codes of TensorProto.DataType. */
export const FLOAT = 1;
export const INT64 = 7;

interface Decoded {
  readonly irVersion: number;
  readonly opsetImport: Uint8Array[];
  readonly graph: {
    readonly node: OnnxNode[];
    readonly initializer: Uint8Array[];
    readonly input: Uint8Array[];
    readonly output: Uint8Array[];
  };
}

const plain = { defaults: true, arrays: true, longs: Number };

export function readOnnx(bytes: Uint8Array): OnnxGraph {
  const model = object<Decoded>('Model', bytes);
  const { node, initializer, input, output } = model.graph;
  return {
    irVersion: model.irVersion,
    opsets: model.opsetImport,
    nodes: node,
    initializers: new Map(initializer.map((tensor) => [object<{ name: string }>('Tensor', tensor).name, tensor])),
    inputs: input.map(readInfo),
    outputs: output.map(readInfo),
  };
}

export function writeOnnxGraph(graph: OnnxGraph): Uint8Array {
  const type = root.lookupType('Model');
  return type
    .encode(
      type.fromObject({
        irVersion: graph.irVersion,
        opsetImport: graph.opsets,
        graph: {
          name: 'floor',
          node: graph.nodes,
          initializer: [...graph.initializers.values()],
          input: graph.inputs.map(writeInfo),
          output: graph.outputs.map(writeInfo),
        },
      }),
    )
    .finish();
}

function object<T>(name: string, bytes: Uint8Array): T {
  const type = root.lookupType(name);
  return type.toObject(type.decode(bytes), plain) as T;
}

interface Info {
  readonly name: string;
  readonly type: {
    readonly tensorType: {
      readonly elemType: number;
      readonly shape: { readonly dim: { dimValue: number; dimParam: string }[] } | null;
    };
  };
}

function readInfo(bytes: Uint8Array): OnnxTensorInfo {
  const { name, type } = object<Info>('ValueInfo', bytes);
  const { elemType, shape } = type.tensorType;
  return { name, elemType, dims: (shape?.dim ?? []).map(({ dimValue, dimParam }) => dimParam || dimValue) };
}

function writeInfo({ name, elemType, dims }: OnnxTensorInfo): Uint8Array {
  const type = root.lookupType('ValueInfo');
  const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return type.encode(type.fromObject({ name, type: { tensorType: { elemType, shape: { dim } } } })).finish();
}
