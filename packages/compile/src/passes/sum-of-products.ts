import type { SymbolicGraph, SymbolicNode } from '../symbolic/unify.ts';
import type { Value } from '../trace/graph.ts';
import { countUses, KEEP, producers, rewrite, sizesAt, tensorAt } from './rewrite.ts';

/** Rows shorter than this are summed as they are: a product of a few elements saves nothing. */
const MINIMUM_SIZE = 4096;

/**
 * Writes Σ a·b over all axes as a [1, K] x [K, 1] product, which needs no temporary of a's size.
 * It is the gradient of a tensor scaled by a learned scalar, MAP's α and β among them.
 */
export function foldSumOfProducts(graph: SymbolicGraph): SymbolicGraph {
  const uses = countUses(graph);
  const made = producers(graph);
  let next = nextId(graph);
  const temporary = (shape: readonly number[]): Value => ({ id: next++, shape, dtype: 'float32' });
  return rewrite(graph, (node) => {
    const product = node.op === 'ReduceSum' ? made.get(tensorAt(node, 0)?.id ?? -1) : undefined;
    const axes = sizesAt(node, 1)?.sizes;
    if (product?.op !== 'Mul' || !axes) return KEEP;
    const [a, b] = [tensorAt(product, 0)!, tensorAt(product, 1)!];
    const output = node.outputs[0]!;
    const size = a.shape.reduce((x, y) => x * y, 1);
    const whole = axes.length === a.shape.length && String(a.shape) === String(b.shape) && a.dtype === 'float32';
    if (!whole || size < MINIMUM_SIZE || uses.get(product.outputs[0]!.id) !== 1) return KEEP;
    const [row, column, cell] = [temporary([1, size]), temporary([size, 1]), temporary([1, 1])];
    const attributes = {};
    const nodes: SymbolicNode[] = [
      { op: 'Reshape', operands: [a, { sizes: [1, 'rest'] }], outputs: [row], attributes },
      { op: 'Reshape', operands: [b, { sizes: ['rest', 1] }], outputs: [column], attributes },
      { op: 'Gemm', operands: [row, column], outputs: [cell], attributes: { transA: 0, transB: 0 } },
      { op: 'Reshape', operands: [cell, { sizes: [...output.shape] }], outputs: [output], attributes },
    ];
    return { nodes };
  });
}

/** An id that no value of the graph has. */
function nextId(graph: SymbolicGraph): number {
  const values = [
    ...graph.inputs,
    ...[...graph.constants.values()].map((c) => c.value),
    ...[...graph.frozen.values()].map((f) => f.value),
  ];
  return 1 + Math.max(0, ...values.map((v) => v.id), ...graph.nodes.flatMap((node) => node.outputs.map((v) => v.id)));
}
