import { sixteenBits } from '../frozen-source.ts';
import type { SymbolicGraph, SymbolicNode } from '../symbolic/unify.ts';
import type { FrozenLeaf, Value } from '../trace/graph.ts';
import { freshValues } from './rewrite.ts';

/**
 * Reads frozen weights of 16 bits as such, and widens them where they are used, for as long as they are used.
 *
 * Every reader has a Cast of its own: the copies of one that forward and backward pass share would live from one to the
 * other. A Gather takes its rows first. The other casts stand before all nodes, since ONNX Runtime (1.30,
 * `Graph::ReverseDFSFrom`) makes what a node reads beginning with what is written last: a cast that is written first runs
 * right before its reader.
 *
 * Runs after all other passes, which take equal casts for one.
 *
 * @param gathersFirst false for a device that has no numbers of 16 bits: it gathers from a table that is widened before
 */
export function castFrozen(graph: SymbolicGraph, gathersFirst = true): SymbolicGraph {
  const stored = new Map<number, Value>();
  const frozen = new Map<number, FrozenLeaf>();
  for (const [id, { value, source }] of graph.frozen) {
    const dtype = sixteenBits(source);
    if (dtype) stored.set(id, { ...value, dtype });
    frozen.set(id, { value: stored.get(id) ?? value, source });
  }
  if (stored.size === 0) return graph;
  const fresh = freshValues(graph);
  const casts: SymbolicNode[] = [];
  const nodes: SymbolicNode[] = [];
  const widened = (leaf: Value): Value => {
    const output = fresh({ shape: leaf.shape, dtype: 'float32' });
    casts.push(castNode(leaf, output));
    return output;
  };
  for (const node of graph.nodes) {
    const [first, ...others] = node.operands;
    const table = gathersFirst && node.op === 'Gather' && first && 'id' in first ? stored.get(first.id) : undefined;
    if (table) {
      const rows = node.outputs[0]!;
      const narrow = fresh({ shape: rows.shape, dtype: table.dtype });
      nodes.push({ ...node, operands: [table, ...others], outputs: [narrow] }, castNode(narrow, rows));
      continue;
    }
    const own = new Map<number, Value>();
    const operands = node.operands.map((operand) => {
      const leaf = 'id' in operand ? stored.get(operand.id) : undefined;
      if (!leaf) return operand;
      const known = own.get(leaf.id) ?? widened(leaf);
      own.set(leaf.id, known);
      return known;
    });
    nodes.push({ ...node, operands });
  }
  const outputs = graph.outputs.map((output) => {
    const leaf = stored.get(output.id);
    return leaf ? widened(leaf) : output;
  });
  return { ...graph, frozen, nodes: [...casts, ...nodes], outputs };
}

function castNode(from: Value, to: Value): SymbolicNode {
  return { op: 'Cast', operands: [from], outputs: [to], attributes: { to: 'float32' } };
}
