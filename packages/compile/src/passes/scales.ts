import type { SymbolicGraph, SymbolicNode } from '../symbolic/unify.ts';
import type { Value } from '../trace/graph.ts';
import { countUses, KEEP, producers, rewrite, tensorAt, tensors } from './rewrite.ts';

/**
 * Moves products with a constant number into the matrix products beside them, as Gemm's `alpha` and `beta`, where they
 * cost nothing: one that follows a Gemm without other readers, and one that only Gemms read as a factor.
 * Runs after `foldGemm`.
 */
export function foldScales(graph: SymbolicGraph): SymbolicGraph {
  return foldScalesBefore(foldScalesAfter(graph));
}

/** c (α A B + β C) = (cα) A B + (cβ) C */
function foldScalesAfter(graph: SymbolicGraph): SymbolicGraph {
  const uses = countUses(graph);
  const made = producers(graph);
  const scales = new Map<number, { product: Value; scale: number }>();
  const folded = new Set<number>();
  for (const node of graph.nodes) {
    const scaled = scaledValue(graph, node);
    const producer = scaled && made.get(scaled.value.id);
    if (producer?.op !== 'Gemm' || uses.get(scaled!.value.id) !== 1) continue;
    scales.set(node.outputs[0]!.id, { product: scaled!.value, scale: scaled!.scale });
    folded.add(scaled!.value.id);
  }
  return rewrite(graph, (node) => {
    const found = scales.get(node.outputs[0]!.id);
    if (!found) return folded.has(node.outputs[0]!.id) ? { nodes: [] } : KEEP;
    const gemm = scaleGemm(made.get(found.product.id)!, found.scale, gemmHasAddend(made.get(found.product.id)!));
    return { nodes: [{ ...gemm, outputs: node.outputs }] };
  });
}

/** (c A) B = c (A B): the readers' alpha takes the number. */
function foldScalesBefore(graph: SymbolicGraph): SymbolicGraph {
  const readers = new Map<number, SymbolicNode[]>();
  for (const node of graph.nodes) {
    for (const value of tensors(node)) readers.set(value.id, [...(readers.get(value.id) ?? []), node]);
  }
  const outputs = new Set(graph.outputs.map(({ id }) => id));
  const scales = new Map<number, { value: Value; scale: number }>();
  for (const node of graph.nodes) {
    const scaled = scaledValue(graph, node);
    const output = node.outputs[0]!;
    if (!scaled || scaled.value.shape.length !== 2 || outputs.has(output.id)) continue;
    const own = readers.get(output.id) ?? [];
    if (own.every((reader) => reader.op === 'Gemm' && tensorAt(reader, 2)?.id !== output.id)) {
      scales.set(output.id, scaled);
    }
  }
  return rewrite(graph, (node) => {
    if (scales.has(node.outputs[0]!.id)) return { nodes: [] };
    if (node.op !== 'Gemm') return KEEP;
    let result = node;
    for (const index of [0, 1]) {
      // A scaled factor may itself be a scaled value: each number joins alpha.
      for (
        let found = scales.get(tensorAt(result, index)!.id);
        found;
        found = scales.get(tensorAt(result, index)!.id)
      ) {
        const { value, scale } = found;
        const operands = result.operands.map((operand, i) => (i === index ? value : operand));
        result = scaleGemm({ ...result, operands }, scale, false);
      }
    }
    return result === node ? KEEP : { nodes: [result] };
  });
}

/** The tensor and the number of a product with a constant number that keeps the tensor's shape; null for other nodes. */
function scaledValue(graph: SymbolicGraph, node: SymbolicNode): { value: Value; scale: number } | null {
  if (node.op !== 'Mul') return null;
  const [a, b] = [tensorAt(node, 0)!, tensorAt(node, 1)!];
  for (const [value, factor] of [
    [a, b],
    [b, a],
  ] as const) {
    const constant = graph.constants.get(factor.id);
    const number = constant?.data.length === 1 && factor.shape.length <= value.shape.length;
    if (number && value.dtype === 'float32' && value.id !== factor.id) return { value, scale: constant.data[0]! };
  }
  return null;
}

function gemmHasAddend(gemm: SymbolicNode): boolean {
  return gemm.operands.length > 2;
}

function scaleGemm(gemm: SymbolicNode, scale: number, addendToo: boolean): SymbolicNode {
  const alpha = ((gemm.attributes['alpha'] as number | undefined) ?? 1) * scale;
  const beta = (gemm.attributes['beta'] as number | undefined) ?? 1;
  return { ...gemm, attributes: { ...gemm.attributes, alpha, ...(addendToo ? { beta: beta * scale } : {}) } };
}
