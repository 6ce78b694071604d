import { countUses, producers, tensorAt, tensors } from '../passes/rewrite.ts';
import type { SymbolicGraph, SymbolicNode } from '../symbolic/unify.ts';

/**
 * Lets ONNX Runtime make the parts of a Concat in the order in which the graph does: the flat gradient's parts as soon as
 * their layer's backward part is there, rather than at the end, up to which they would hold all layers' activations.
 *
 * ONNX Runtime (1.30, `Graph::ReverseDFSFrom`) runs what a node reads depth first, beginning with the operand that is
 * written last. So each part's Reshape is moved to the Concat, and the part that is made first is written last.
 */
export function gradientsFirst(graph: SymbolicGraph): SymbolicGraph {
  const uses = countUses(graph);
  const made = producers(graph);
  const place = new Map(graph.nodes.map((node, i) => [node, i]));
  const moved = new Set<SymbolicNode>();
  const before = new Map<SymbolicNode, readonly SymbolicNode[]>();
  for (const node of graph.nodes) {
    if (node.op !== 'Concat') continue;
    const parts = tensors(node).flatMap(({ id }) => {
      const part = made.get(id);
      return part?.op === 'Reshape' && uses.get(id) === 1 ? [part] : [];
    });
    const madeAt = (part: SymbolicNode): number => place.get(made.get(tensorAt(part, 0)!.id)!) ?? -1;
    before.set(
      node,
      parts.toSorted((a, b) => madeAt(b) - madeAt(a)),
    );
    for (const part of parts) moved.add(part);
  }
  const nodes = graph.nodes.flatMap((node) => (moved.has(node) ? [] : [...(before.get(node) ?? []), node]));
  return { ...graph, nodes };
}
