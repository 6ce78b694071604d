import { createHash } from 'node:crypto';
import type { SymbolicGraph } from '../symbolic/unify.ts';
import { attributesKey, type Constant, type Value } from '../trace/graph.ts';
import { KEEP, rewrite } from './rewrite.ts';

/** Shares equal constants, and operations of the same kind on the same operands. */
export function shareCommonSubexpressions(graph: SymbolicGraph): SymbolicGraph {
  const constants = new Map<string, Value>();
  const shared = new Map<number, Value>();
  for (const [id, constant] of graph.constants) {
    const key = constantKey(constant);
    const known = constants.get(key);
    if (known) shared.set(id, known);
    else constants.set(key, constant.value);
  }
  const known = new Map<string, readonly Value[]>();
  return rewrite({ ...graph, outputs: graph.outputs.map((o) => shared.get(o.id) ?? o) }, (node) => {
    const operands = node.operands.map((operand) =>
      'sizes' in operand ? operand : (shared.get(operand.id) ?? operand),
    );
    const key = JSON.stringify([
      node.domain ?? '',
      node.op,
      operands.map((operand) => ('sizes' in operand ? operand.sizes : operand.id)),
      attributesKey(node.attributes),
    ]);
    const earlier = known.get(key);
    if (earlier) return { values: earlier };
    known.set(key, node.outputs);
    return operands.every((operand, i) => operand === node.operands[i]) ? KEEP : { nodes: [{ ...node, operands }] };
  });
}

function constantKey({ value, data }: Constant): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return `${value.dtype}[${value.shape.join(',')}]${createHash('sha256').update(bytes).digest('hex')}`;
}
