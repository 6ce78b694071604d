import type { SymbolicGraph } from '../symbolic/unify.ts';
import type { Value } from '../trace/graph.ts';
import { countUses, KEEP, producers, rewrite, tensorAt } from './rewrite.ts';

/**
 * Folds an addition into the matrix product it follows: op(A) op(B) + C is one Gemm.
 *
 * C may be a row [m], or a whole matrix [n, m] (a product already summed, or a residual). The product must have no other
 * reader. The Gemm takes the addition's place in the order, where C is ready.
 */
export function foldGemm(graph: SymbolicGraph): SymbolicGraph {
  const uses = countUses(graph);
  const made = producers(graph);
  const folded = new Set<number>();
  const foldable = (value: Value | null, addend: Value | null): boolean => {
    const node = value && made.get(value.id);
    if (!value || !addend || node?.op !== 'Gemm' || node.operands.length !== 2 || uses.get(value.id) !== 1)
      return false;
    const broadcasts = addend.shape.length === 1 ? addend.shape[0] === value.shape[1] : sameShape(addend, value);
    return broadcasts && value.dtype === 'float32';
  };
  const replacements = new Map<number, Value>();
  for (const node of graph.nodes) {
    if (node.op !== 'Add') continue;
    const [a, b] = [tensorAt(node, 0), tensorAt(node, 1)];
    for (const [product, addend] of [
      [b, a],
      [a, b],
    ] as const) {
      if (!foldable(product, addend)) continue;
      replacements.set(node.outputs[0]!.id, product!);
      folded.add(product!.id);
      break;
    }
  }
  return rewrite(graph, (node) => {
    const product = replacements.get(node.outputs[0]!.id);
    if (!product) return folded.has(node.outputs[0]!.id) ? { nodes: [] } : KEEP;
    const gemm = made.get(product.id)!;
    const addend = tensorAt(node, 0)!.id === product.id ? tensorAt(node, 1)! : tensorAt(node, 0)!;
    return { nodes: [{ ...gemm, operands: [...gemm.operands, addend], outputs: node.outputs }] };
  });
}

function sameShape(a: Value, b: Value): boolean {
  return a.shape.length === b.shape.length && a.shape.every((size, axis) => size === b.shape[axis]);
}
