/** What needs no computing: sums with zero, products with one, everything that is zero for certain, idle reshapes. */
import type { SymbolicGraph, SymbolicNode } from '../symbolic/unify.ts';
import type { Value } from '../trace/graph.ts';
import { KEEP, rewrite, tensorAt, tensors, type Rewrite } from './rewrite.ts';

/** Operations that are zero as soon as one operand is. */
const ANNIHILATED = new Set(['Mul', 'MatMul', 'Gemm']);

/** Operations that are zero when their first operand is. */
const PRESERVING = new Set([
  'Cast',
  'Div',
  'Gather',
  'Neg',
  'ReduceMean',
  'ReduceSum',
  'Reshape',
  'Slice',
  'Split',
  'Sqrt',
  'Tile',
  'Transpose',
]);

/**
 * Removes x + 0, x - 0, x · 1, x / 1 and reshapes to the shape that a tensor has, reads what was reshaped before another
 * reshape, and follows zeros through the graph.
 *
 * A detached tensor's gradient is a tensor of zeros that TensorFlow.js sends down the tape like any other; what is
 * computed from it is zero and is not computed here. Zero times an infinity is taken as zero.
 */
export function simplify(graph: SymbolicGraph): SymbolicGraph {
  const zeros = new Set<number>();
  const ones = new Set<number>();
  for (const [id, { data }] of graph.constants) {
    if (data.every((value) => value === 0)) zeros.add(id);
    if (data.every((value) => value === 1)) ones.add(id);
  }
  const reshaped = new Map<number, Value>();
  const isZero = (value: Value | null): boolean => value !== null && zeros.has(value.id);
  const isOne = (value: Value | null): boolean => value !== null && ones.has(value.id);
  return rewrite(graph, (node) => {
    const [a, b] = [tensorAt(node, 0), tensorAt(node, 1)];
    const output = node.outputs[0]!;
    const passes = (value: Value | null): Rewrite | null =>
      value && value.dtype === output.dtype && sameShape(value, output) ? { values: [value] } : null;
    let result: Rewrite | null = null;
    if (node.op === 'Add') result = isZero(b) ? passes(a) : isZero(a) ? passes(b) : null;
    if (node.op === 'Sub' && isZero(b)) result = passes(a);
    if (node.op === 'Mul') result = isOne(b) ? passes(a) : isOne(a) ? passes(b) : null;
    if (node.op === 'Div' && isOne(b)) result = passes(a);
    const source = node.op === 'Reshape' ? (reshaped.get(a!.id) ?? a) : null;
    if (source) result = passes(source);
    if (result) return result;
    if (node.op === 'ConstantOfShape') {
      if (node.attributes['value'] === 0) zeros.add(output.id);
      if (node.attributes['value'] === 1) ones.add(output.id);
    } else if (becomesZero(node, isZero)) node.outputs.forEach((value) => zeros.add(value.id));
    else if (node.op === 'Reshape' && isOne(a)) ones.add(output.id);
    if (!source) return KEEP;
    reshaped.set(output.id, source);
    return { nodes: [{ ...node, operands: [source, ...node.operands.slice(1)] }] };
  });
}

function becomesZero(node: SymbolicNode, isZero: (value: Value | null) => boolean): boolean {
  if (ANNIHILATED.has(node.op)) {
    const addend = tensorAt(node, 2);
    return (isZero(tensorAt(node, 0)) || isZero(tensorAt(node, 1))) && (!addend || isZero(addend));
  }
  if (PRESERVING.has(node.op)) return isZero(tensorAt(node, 0));
  if (node.op === 'Pad') return isZero(tensorAt(node, 0)) && isZero(tensorAt(node, 2));
  if (node.op === 'Concat' || node.op === 'Add' || node.op === 'Sub') return tensors(node).every(isZero);
  return false;
}

function sameShape(a: Value, b: Value): boolean {
  return a.shape.length === b.shape.length && a.shape.every((size, axis) => size === b.shape[axis]);
}
