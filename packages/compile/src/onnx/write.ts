/** A symbolic graph as an ONNX model. */
import { basename } from 'node:path';
import { sixteenBits, storedBytes } from '../frozen-source.ts';
import { tensors } from '../passes/rewrite.ts';
import type { TensorSpec } from '../symbolic/dimension.ts';
import type { SymbolicGraph, SymbolicNode } from '../symbolic/unify.ts';
import type { Attribute, Dtype, FrozenLeaf, Value } from '../trace/graph.ts';
import { inlineTensor, operator } from './protos.ts';
import { DATA_TYPE, encodeModel, encodePart, type NodeProto, type TensorProto, type ValueInfoProto } from './schema.ts';
import { SizeWriter, symbolSources } from './sizes.ts';

/** An encoded model and the names under which its inputs are fed and its outputs fetched, in order. */
export interface OnnxModel {
  readonly bytes: Uint8Array;
  /**
   * Where weights have 16 bits: they and their casts, which the model has as inputs beside its own, so that ONNX Runtime
   * cannot widen them for good while it optimises. `attachWeights` joins both.
   */
  readonly weights?: Uint8Array;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}

const OPSETS = [
  { domain: '', version: 20 },
  { domain: 'com.microsoft', version: 1 },
];

/**
 * Encodes a graph.
 *
 * `specs` are the inputs' types and shapes, in order. `placed` gives for each frozen weight's file the name of the file beside the model that
 * holds the same bytes: ONNX Runtime reads external data only from the model's own folder.
 */
export function writeOnnx(
  graph: SymbolicGraph,
  specs: readonly TensorSpec[],
  placed: ReadonlyMap<string, string>,
): OnnxModel {
  const inputs = graph.inputs.map((value, i) => ({ name: nameOf(value), ...specs[i]! }));
  const sizes = new SizeWriter(symbolSources(inputs));
  const stored = storedWeights(graph);
  const own = graph.nodes.filter((node) => !stored.casts.has(node));
  const nodes = own.flatMap((node) => writeNode(node, sizes));
  const outputNames: string[] = [];
  const made = new Set(own.flatMap((node) => node.outputs.map(({ id }) => id)));
  for (const [index, output] of graph.outputs.entries()) {
    // A graph may return what a node made under its own name, once; an input, a constant or a second time it copies.
    if (made.delete(output.id)) outputNames.push(nameOf(output));
    else {
      outputNames.push(`output_${index}`);
      nodes.push(operator('Identity', [nameOf(output)], [`output_${index}`]));
    }
  }
  const initializer: TensorProto[] = [...sizes.initializers];
  for (const { value, data } of graph.constants.values()) {
    initializer.push(inlineTensor(nameOf(value), value.dtype, value.shape, data));
  }
  for (const leaf of graph.frozen.values()) {
    if (!stored.leaves.has(leaf)) initializer.push(externalTensor(leaf, placed));
  }
  const bytes = encodeModel(
    {
      name: 'step',
      node: [...sizes.nodes, ...nodes],
      initializer,
      input: [
        ...inputs.map(({ name, dtype, shape }) => valueInfo(name, dtype, shape.map(dimension))),
        ...Array.from(stored.casts, ({ outputs: [value] }) =>
          valueInfo(nameOf(value!), value!.dtype, value!.shape.map(dimension)),
        ),
      ],
      output: graph.outputs.map((value, i) =>
        valueInfo(
          outputNames[i]!,
          value.dtype,
          value.shape.map((_, axis) => ({ dimParam: `${outputNames[i]}_${axis}` })),
        ),
      ),
    },
    OPSETS,
  );
  const names = { inputNames: inputs.map(({ name }) => name), outputNames };
  if (stored.casts.size === 0) return { bytes, ...names };
  const weights = encodePart({
    node: [...stored.casts].flatMap((node) => writeNode(node, sizes)),
    initializer: Array.from(stored.leaves, (leaf) => externalTensor(leaf, placed)),
  });
  return { bytes, weights, ...names };
}

interface StoredWeights {
  readonly leaves: ReadonlySet<FrozenLeaf>;
  readonly casts: ReadonlySet<SymbolicNode>;
}

/**
 * The casts of whole weights of 16 bits, and the weights that nothing else reads. A table that rows are gathered from is an
 * initializer like any other: nothing of it can be widened before the rows are known.
 */
function storedWeights(graph: SymbolicGraph): StoredWeights {
  const leaves = [...graph.frozen.values()].filter(({ source }) => sixteenBits(source));
  const ids = new Set(leaves.map(({ value }) => value.id));
  const isCast = (node: SymbolicNode): boolean => node.op === 'Cast' && ids.has((node.operands[0] as Value).id);
  const casts = new Set(graph.nodes.filter(isCast));
  const others = graph.nodes.filter((node) => !casts.has(node));
  const tables = new Set(others.flatMap((node) => tensors(node).map(({ id }) => id)));
  return { casts, leaves: new Set(leaves.filter(({ value }) => !tables.has(value.id))) };
}

function externalTensor({ value, source }: FrozenLeaf, placed: ReadonlyMap<string, string>): TensorProto {
  return {
    name: nameOf(value),
    dims: value.shape,
    dataType: DATA_TYPE[value.dtype],
    dataLocation: 1,
    externalData: [
      { key: 'location', value: basename(placed.get(source.file)!) },
      { key: 'offset', value: String(source.offset) },
      { key: 'length', value: String(storedBytes(source)) },
    ],
  };
}

function writeNode(node: SymbolicNode, sizes: SizeWriter): NodeProto[] {
  const inputs = node.operands.map((operand) => ('sizes' in operand ? sizes.name(operand) : nameOf(operand)));
  const outputs = node.outputs.map(nameOf);
  switch (node.op) {
    case 'MaskWindow':
      return maskWindow(inputs, outputs[0]!, sizes, node.attributes['site'] as number, poolSizeOf(node));
    case 'ConstantOfShape': {
      const { value, dtype } = node.attributes as { value: number; dtype: Dtype };
      return [operator(node.op, inputs, outputs, { value: filling(value, dtype) })];
    }
    case 'Cast': {
      const to = DATA_TYPE[node.attributes['to'] as keyof typeof DATA_TYPE];
      return [operator(node.op, inputs, outputs, { to })];
    }
    default:
      return [operator(node.op, inputs, outputs, node.attributes as Record<string, Attribute>, node.domain)];
  }
}

/** pool[start .. start + size] with start = offsets[site] mod (P - size + 1), reshaped: no single ONNX operator does it. */
function maskWindow(
  inputs: readonly string[],
  output: string,
  sizes: SizeWriter,
  site: number,
  poolSize: number,
): NodeProto[] {
  const [pool, offsets, shape] = inputs as [string, string, string];
  const index = sizes.name({ sizes: [site] });
  const [offset32, offset, length, room, start, end, window] = [
    'offset32',
    'offset',
    'length',
    'room',
    'start',
    'end',
    'window',
  ].map((part) => `${output}_${part}`) as [string, string, string, string, string, string, string];
  return [
    operator('Gather', [offsets, index], [offset32], { axis: 0 }),
    operator('Cast', [offset32], [offset], { to: DATA_TYPE.int64 }),
    operator('ReduceProd', [shape], [length], { keepdims: 1 }),
    operator('Sub', [sizes.name({ sizes: [poolSize + 1] }), length], [room]),
    operator('Mod', [offset, room], [start]),
    operator('Add', [start, length], [end]),
    operator('Slice', [pool, start, end], [window]),
    operator('Reshape', [window, shape], [output]),
  ];
}

function poolSizeOf(node: SymbolicNode): number {
  const [pool] = node.operands as [Value];
  return pool.shape[0]!;
}

function filling(value: number, dtype: Dtype): TensorProto {
  const data =
    dtype === 'float32' ? Float32Array.of(value) : dtype === 'int32' ? Int32Array.of(value) : Uint8Array.of(value);
  return inlineTensor('value', dtype, [1], data);
}

function nameOf(value: Value): string {
  return `v${value.id}`;
}

function dimension(size: TensorSpec['shape'][number]): { dimValue: number } | { dimParam: string } {
  if (typeof size === 'number') return { dimValue: size };
  return { dimParam: size.times === 1 ? size.symbol : `${size.times}*${size.symbol}` };
}

function valueInfo(
  name: string,
  dtype: Dtype,
  dim: readonly ({ dimValue: number } | { dimParam: string })[],
): ValueInfoProto {
  return { name, type: { tensorType: { elemType: DATA_TYPE[dtype], shape: { dim } } } };
}
