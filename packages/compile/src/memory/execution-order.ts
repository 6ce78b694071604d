import { producers, tensors } from '../passes/rewrite.ts';
import type { SymbolicGraph, SymbolicNode } from '../symbolic/unify.ts';

/**
 * The nodes in the order in which ONNX Runtime's cpu provider runs them one after another: depth first from the nodes that
 * nobody reads, those written last first (`GraphViewer`, `Graph::ReverseDFSFrom` of 1.30).
 */
export function executionOrder(graph: SymbolicGraph): SymbolicNode[] {
  const made = producers(graph);
  const place = new Map(graph.nodes.map((node, i) => [node, i]));
  const read = new Set(graph.nodes.flatMap((node) => tensors(node).map(({ id }) => made.get(id))));
  const stack = graph.nodes.filter((node) => !read.has(node)).map((node) => ({ node, leave: false }));
  const visited = new Set<SymbolicNode>();
  const order: SymbolicNode[] = [];
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const { node, leave } = entry;
    if (leave) order.push(node);
    if (leave || visited.has(node)) continue;
    visited.add(node);
    stack.push({ node, leave: true });
    const sources = new Set(tensors(node).flatMap(({ id }) => made.get(id) ?? []));
    const sorted = [...sources].sort((a, b) => place.get(a)! - place.get(b)!);
    stack.push(...sorted.filter((source) => !visited.has(source)).map((source) => ({ node: source, leave: false })));
  }
  return order;
}
