/** The floor of a step: its graph's matrix products, and nothing else. */
import { FLOAT, INT64, type OnnxGraph, type OnnxNode, type OnnxTensorInfo } from './onnx-graph.ts';

/** ONNX Runtime's matrix products, as they stand after its fusions. */
const products: ReadonlySet<string> = new Set(['MatMul', 'Gemm', 'FusedMatMul', 'FusedGemm']);

export function productsOf({ nodes }: OnnxGraph): OnnxNode[] {
  return nodes.filter(({ opType }) => products.has(opType));
}

/** A shape by a value's name. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** Operands and results of the products, each once. */
export function valuesOfProducts(graph: OnnxGraph): string[] {
  const names = productsOf(graph).flatMap(({ input, output }) => [...input, ...output]);
  return [...new Set(names)].filter((name) => name !== '');
}

/** The graph with the shape of each of these values as its outputs, in order: one run tells them. */
export function shapeProbe(graph: OnnxGraph, names: readonly string[]): OnnxGraph {
  const outputs = names.map((_, i): OnnxTensorInfo => ({ name: `floor_shape_${i}`, elemType: INT64, dims: ['rank'] }));
  const nodes = names.map((name, i) => node('Shape', [name], [outputs[i]!.name]));
  return { ...graph, nodes: [...graph.nodes, ...nodes], outputs };
}

/** A graph of products alone, and what its runs are fed. */
export interface FloorGraph {
  readonly graph: OnnxGraph;
  /** Shapes of the inputs, in order, by run. */
  readonly inputs: readonly Shapes[];
  readonly products: number;
  /** Floating-point operations of all runs: 2·M·N·K a product. */
  readonly flops: number;
}

/**
 * Every product with its own attributes and constants (the frozen weights); what the step computes for it is an input
 * instead, one for each shape: a product finds it in the cache as often as not, which only lowers the floor. Gemm's addend
 * is left out: the step adds in place, which inputs forbid.
 *
 * The one output is the rank-sized shape of the last product. Results have no reader and are freed at once; ONNX Runtime
 * runs such nodes all the same (as outputs of the graph they would be copied, which takes as long as a fifth of the step).
 *
 * @param runs what the values' shapes are in each run of the step's graph: a batch in parts takes several.
 */
export function floorGraph(graph: OnnxGraph, runs: readonly Shapes[]): FloorGraph {
  const inputs = new Map<string, { name: string; shapes: readonly (readonly number[])[] }>();
  const constants = new Map<string, Uint8Array>();
  const operand = (name: string): string => {
    const constant = graph.initializers.get(name);
    if (constant) {
      constants.set(name, constant);
      return name;
    }
    const shapes = runs.map((run) => run.get(name)!);
    const key = JSON.stringify(shapes);
    const known = inputs.get(key) ?? { name: `input_${inputs.size}`, shapes };
    inputs.set(key, known);
    return known.name;
  };
  const nodes = productsOf(graph).map((product) => ({ ...product, input: product.input.slice(0, 2).map(operand) }));
  const shapeOfLast = node('Shape', nodes.at(-1)!.output, ['floor']);
  return {
    graph: {
      ...graph,
      nodes: [...nodes, shapeOfLast],
      initializers: constants,
      inputs: [...inputs.values()].map(({ name, shapes }) => {
        return { name, elemType: FLOAT, dims: shapes[0]!.map((_, axis) => `${name}_${axis}`) };
      }),
      outputs: [{ name: 'floor', elemType: INT64, dims: ['rank'] }],
    },
    inputs: runs.map((_, run) => new Map([...inputs.values()].map(({ name, shapes }) => [name, shapes[run]!]))),
    products: nodes.length,
    flops: runs.reduce((sum, shapes) => sum + flopsOf(productsOf(graph), shapes), 0),
  };
}

/** A product's operands and result have M·K, K·N and M·N elements a matrix, from which K follows whatever is transposed. */
function flopsOf(nodes: readonly OnnxNode[], shapes: Shapes): number {
  let sum = 0;
  for (const { input, output } of nodes) {
    const a = shapes.get(input[0]!);
    const b = shapes.get(input[1]!);
    const result = shapes.get(output[0]!);
    if (!a || !b || !result) continue;
    const matrices = b.length > 2 ? size(b.slice(0, -2)) : 1;
    sum += 2 * size(result) * Math.sqrt((size(a) * size(b)) / (size(result) * matrices));
  }
  return sum;
}

export function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The sizes of an input whose symbols have these values: `32*S` is 32 times S. */
export function sizesOf({ name, dims }: OnnxTensorInfo, symbols: Readonly<Record<string, number>>): number[] {
  return dims.map((dim) => {
    if (typeof dim === 'number') return dim;
    const [, times = '1', symbol = ''] = /^(?:(\d+)\*)?(\w+)$/.exec(dim) ?? [];
    const value = symbols[symbol];
    if (value === undefined) throw new Error(`The graph's input ${name} has a size ${dim}; expected a number, N or S.`);
    return Number(times) * value;
  });
}

function node(opType: string, input: readonly string[], output: readonly string[]): OnnxNode {
  return { opType, input, output, name: output[0]!, attribute: [], domain: '' };
}
