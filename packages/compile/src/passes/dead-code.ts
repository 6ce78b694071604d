import type { SymbolicGraph, SymbolicNode } from '../symbolic/unify.ts';
import { tensors } from './rewrite.ts';

/** Drops nodes, constants and frozen leaves that no output depends on. Inputs stay: they are the function's signature. */
export function dropDeadCode(graph: SymbolicGraph): SymbolicGraph {
  const live = new Set(graph.outputs.map((output) => output.id));
  const nodes: SymbolicNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => live.has(output.id))) continue;
    nodes.push(node);
    for (const value of tensors(node)) live.add(value.id);
  }
  return {
    ...graph,
    nodes: nodes.reverse(),
    constants: new Map([...graph.constants].filter(([id]) => live.has(id))),
    frozen: new Map([...graph.frozen].filter(([id]) => live.has(id))),
  };
}
