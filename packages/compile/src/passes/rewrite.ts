import type { Value } from '../trace/graph.ts';
import type { SymbolicGraph, SymbolicNode, SymbolicSizes } from '../symbolic/unify.ts';

/** What a rewriting rule says of a node: keep it, put others in its place, or use known values for its outputs. */
export type Rewrite =
  { readonly keep: true } | { readonly nodes: readonly SymbolicNode[] } | { readonly values: readonly Value[] };

export const KEEP: Rewrite = { keep: true };

/**
 * Visits the nodes in order, each with its operands already replaced, and applies a rule to it.
 * Nodes put in the place of another must make the same output values.
 */
export function rewrite(graph: SymbolicGraph, rule: (node: SymbolicNode) => Rewrite): SymbolicGraph {
  const replaced = new Map<number, Value>();
  const current = (value: Value): Value => replaced.get(value.id) ?? value;
  const nodes: SymbolicNode[] = [];
  for (const original of graph.nodes) {
    const operands = original.operands.map((operand) => ('sizes' in operand ? operand : current(operand)));
    const node = { ...original, operands };
    const result = rule(node);
    if ('keep' in result) nodes.push(node);
    else if ('nodes' in result) nodes.push(...result.nodes);
    else original.outputs.forEach((output, i) => replaced.set(output.id, result.values[i]!));
  }
  return { ...graph, nodes, outputs: graph.outputs.map(current) };
}

/** The operands of a node that are tensors. */
export function tensors(node: SymbolicNode): Value[] {
  return node.operands.filter((operand): operand is Value => !('sizes' in operand));
}

/** The tensor operand at this index, or null when it is a size vector or missing. */
export function tensorAt(node: SymbolicNode, index: number): Value | null {
  const operand = node.operands[index];
  return operand && !('sizes' in operand) ? operand : null;
}

/** The size vector at this index, or null. */
export function sizesAt(node: SymbolicNode, index: number): SymbolicSizes | null {
  const operand = node.operands[index];
  return operand && 'sizes' in operand ? operand : null;
}

/** How often each value is read, by nodes or as an output of the graph. */
export function countUses(graph: SymbolicGraph): Map<number, number> {
  const uses = new Map<number, number>();
  const count = (value: Value): void => void uses.set(value.id, (uses.get(value.id) ?? 0) + 1);
  for (const node of graph.nodes) tensors(node).forEach(count);
  graph.outputs.forEach(count);
  return uses;
}

/** The node that makes each value. */
export function producers(graph: SymbolicGraph): Map<number, SymbolicNode> {
  return new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output.id, node] as const)));
}

/** What a new value is to be. */
export type Like = Pick<Value, 'shape' | 'dtype'>;

/** Makes values with ids that the graph does not have. */
export function freshValues(graph: SymbolicGraph): (like: Like) => Value {
  const known = [...graph.inputs, ...graph.nodes.flatMap(({ outputs }) => outputs)].map(({ id }) => id);
  let next = 1 + Math.max(-1, ...known, ...graph.constants.keys(), ...graph.frozen.keys());
  return ({ shape, dtype }) => ({ id: next++, shape, dtype });
}
