import { dropDeadCode } from '../passes/dead-code.ts';
import { freshValues, producers, type Like } from '../passes/rewrite.ts';
import type { SymbolicGraph, SymbolicNode } from '../symbolic/unify.ts';
import type { Value } from '../trace/graph.ts';
import { gradientsFirst } from './gradients-first.ts';
import { segmentsOf } from './segments.ts';

/**
 * Gradient checkpointing (Chen et al. 2016, arXiv 1604.06174) of a graph with `Checkpoint` marks, and the marks' removal.
 *
 * What the backward part reads of segment k, between the checkpoints k and k + 1, it reads from a clone of the nodes that
 * make it, back to checkpoint k. The clone reads its checkpoint minus a zero that is computed from the gradient arriving
 * at checkpoint k + 1: it cannot run before that gradient is there, nor be merged with the original. x - 0 is x, bit for
 * bit. The last segment is not cloned: its backward part comes at once.
 *
 * Runs after all other passes, so that a clone computes as the original does.
 */
export function recompute(graph: SymbolicGraph): SymbolicGraph {
  const { arriving, behind, homes } = segmentsOf(graph);
  if (arriving.length === 0) return graph;
  const made = producers(graph);
  const nodes: SymbolicNode[] = [];
  const unmarked = new Map<number, Value>();
  const current = (value: Value): Value => unmarked.get(value.id) ?? value;
  const fresh = freshValues(graph);
  const clones = new Map<number, Value>();
  const zeros = new Map<string, Value>();
  const late = new Map<string, Value>();

  const push = (node: Omit<SymbolicNode, 'outputs' | 'attributes'> & Partial<SymbolicNode>, like: Like): Value => {
    const output = fresh(like);
    nodes.push({ attributes: {}, ...node, outputs: [output] });
    return output;
  };
  /** The sum of no elements of the gradient at this checkpoint. */
  const zeroAfter = (checkpoint: number, dtype: Value['dtype']): Value =>
    once(zeros, `${checkpoint} ${dtype}`, () => {
      if (dtype !== 'float32') {
        const zero = zeroAfter(checkpoint, 'float32');
        return push({ op: 'Cast', operands: [zero], attributes: { to: dtype } }, { shape: [], dtype });
      }
      const gradient = current(arriving[checkpoint]!);
      const none = push(
        { op: 'Slice', operands: [gradient, { sizes: [0] }, { sizes: [0] }] },
        { shape: [0, ...gradient.shape.slice(1)], dtype },
      );
      return push({ op: 'ReduceSum', operands: [none], attributes: { keepdims: 0 } }, { shape: [], dtype });
    });
  const delayed = (value: Value, segment: number): Value =>
    once(late, `${value.id} ${segment}`, () =>
      push({ op: 'Sub', operands: [current(value), zeroAfter(segment + 1, value.dtype)] }, value),
    );
  const cloneOf = (value: Value, segment: number): Value => {
    const known = clones.get(value.id);
    if (known) return known;
    const node = made.get(value.id)!;
    const operands = node.operands.map((operand, index) => {
      if ('sizes' in operand) return operand;
      if (homes.get(operand.id) === segment) return cloneOf(operand, segment);
      const isRoot = made.get(operand.id)?.op === 'Checkpoint' || (node.op === 'MaskWindow' && index === OFFSETS);
      return isRoot ? delayed(operand, segment) : current(operand);
    });
    const outputs = node.outputs.map(fresh);
    node.outputs.forEach(({ id }, i) => clones.set(id, outputs[i]!));
    nodes.push({ ...node, operands, outputs });
    return clones.get(value.id)!;
  };

  for (const node of graph.nodes) {
    if (node.op === 'Checkpoint' || node.op === 'CheckpointGradient') {
      unmarked.set(node.outputs[0]!.id, current(node.operands[0] as Value));
      continue;
    }
    const gradients = behind.get(node)!;
    const operands = node.operands.map((operand) => {
      if ('sizes' in operand) return operand;
      const segment = homes.get(operand.id);
      const isLate = segment !== undefined && (gradients >> BigInt(segment + 1)) & 1n;
      return isLate ? cloneOf(operand, segment) : current(operand);
    });
    nodes.push({ ...node, operands });
  }
  return gradientsFirst(dropDeadCode({ ...graph, nodes, outputs: graph.outputs.map(current) }));
}

/** MaskWindow's operand that says where it reads. */
const OFFSETS = 1;

function once<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  let value = known.get(key);
  if (value === undefined) known.set(key, (value = make()));
  return value;
}
