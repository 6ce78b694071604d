import { tensors } from '../passes/rewrite.ts';
import type { SymbolicGraph, SymbolicNode } from '../symbolic/unify.ts';
import type { Value } from '../trace/graph.ts';

/** A graph cut at its checkpoints, which are counted from 0 in its order: segment k follows checkpoint k. */
export interface Segments {
  /** The gradient that arrives at each checkpoint; undefined where none does. */
  readonly arriving: readonly (Value | undefined)[];
  /** By node: the checkpoints (bit k for checkpoint k) whose arriving gradients it depends on; 0n: the forward part. */
  readonly behind: ReadonlyMap<SymbolicNode, bigint>;
  /**
   * By value: the segment in which it may be computed again. Not there is what does not depend on a checkpoint
   * (parameters, layouts; but dropout masks are cheap to read again), what another segment reads too, and results.
   */
  readonly homes: ReadonlyMap<number, number>;
}

/** Finds the segments of a graph with marks. */
export function segmentsOf(graph: SymbolicGraph): Segments {
  const order = new Map<number, number>();
  const arriving: (Value | undefined)[] = [];
  const behind = new Map<SymbolicNode, bigint>();
  const masks = new Set<number>();
  /** By value: what its node depends on; the last checkpoint it depends on. */
  const gradients = new Map<number, bigint>();
  const last = new Map<number, number>();
  for (const node of graph.nodes) {
    const operands = tensors(node);
    const output = node.outputs[0]!;
    let own = operands.reduce((bits, { id }) => bits | (gradients.get(id) ?? 0n), 0n);
    let after = Math.max(-1, ...operands.map(({ id }) => last.get(id) ?? -1));
    if (node.op === 'Checkpoint') {
      after = arriving.push(undefined) - 1;
      order.set(output.id, after);
    } else if (node.op === 'CheckpointGradient') {
      const of = order.get(operands[1]!.id)!;
      arriving[of] = output;
      own |= 1n << BigInt(of);
    } else if (node.op === 'MaskWindow') masks.add(output.id);
    behind.set(node, own);
    for (const { id } of node.outputs) {
      gradients.set(id, own);
      last.set(id, after);
    }
  }
  const homes = new Map<number, number>();
  for (const [id, after] of last) if (after >= 0 && gradients.get(id) === 0n && !order.has(id)) homes.set(id, after);
  const elsewhere = new Set(graph.outputs.map(({ id }) => id));
  for (const node of graph.nodes) {
    if (behind.get(node) !== 0n) continue;
    const reader = last.get(node.outputs[0]!.id)!;
    const read = node.op === 'Checkpoint' ? [] : tensors(node);
    for (const { id } of read) {
      if (masks.has(id) && reader >= 0 && !homes.has(id)) homes.set(id, reader);
      else if (homes.get(id) !== reader) elsewhere.add(id);
    }
  }
  for (const id of elsewhere) homes.delete(id);
  return { arriving, behind, homes };
}
