import type { SymbolicGraph, SymbolicNode } from '../symbolic/unify.ts';
import { KEEP, rewrite, sizesAt, tensorAt } from './rewrite.ts';

/** A shader may bind this many storage buffers on every WebGPU device; a Split needs one for its input too. */
const BUFFERS = 8;
/** Past every end: Slice clips it. */
const TO_THE_END = 2 ** 31 - 1;

/**
 * Writes a Split of many parts as a Slice for each: ONNX Runtime's WebGPU provider splits in one shader, with a storage
 * buffer an output, and fails when it runs (1.30.0; the flat parameter vector has a part for every trainable tensor).
 */
export function limitOutputs(graph: SymbolicGraph): SymbolicGraph {
  return rewrite(graph, (node) => {
    const parts = sizesAt(node, 1)?.sizes ?? [];
    if (node.op !== 'Split' || node.outputs.length < BUFFERS) return KEEP;
    const x = tensorAt(node, 0)!;
    const axis = node.attributes['axis'] as number;
    const nodes: SymbolicNode[] = [];
    let begin = 0;
    for (const [i, output] of node.outputs.entries()) {
      const size = parts[i];
      if (typeof size !== 'number') return KEEP;
      const along = (value: number, others: number): number[] => x.shape.map((_, a) => (a === axis ? value : others));
      const [begins, ends] = [along(begin, 0), along(begin + size, TO_THE_END)];
      nodes.push({ op: 'Slice', operands: [x, { sizes: begins }, { sizes: ends }], outputs: [output], attributes: {} });
      begin += size;
    }
    return { nodes };
  });
}
