import { sizeOf } from '../host.ts';
import { tensorAt, tensors } from '../passes/rewrite.ts';
import type { SymbolicGraph, SymbolicNode } from '../symbolic/unify.ts';
import type { Value } from '../trace/graph.ts';
import { executionOrder } from './execution-order.ts';

/** What a compiled function takes, in bytes. */
export interface MemoryAccount {
  /** The most that intermediate values and results take at one time while the function runs. */
  readonly activations: number;
  /** Of the arguments, on the host. */
  readonly inputs: number;
  /** Of the results; part of `activations` too. */
  readonly outputs: number;
  /** Of tensors made while tracing. */
  readonly constants: number;
  /** Of frozen weights. They are pages mapped from their files, which processes share. */
  readonly frozen: number;
  /** Of the copies in which ONNX Runtime lays out frozen factors of matrix products, unless told not to. */
  readonly prepacked: number;
}

const BYTES: Readonly<Record<Value['dtype'], number>> = { float32: 4, int32: 4, bool: 1, float16: 2, bfloat16: 2 };

/** Operators whose result takes the place of an operand of its size that nobody reads later. */
const IN_PLACE = new Set(['Add', 'Sub', 'Mul', 'Div', 'Exp', 'Erf', 'Sqrt', 'Neg', 'Tanh', 'Sigmoid', 'Relu', 'Cast']);

/**
 * Counts the memory of an optimised graph that was traced at the sizes in question, by liveness in ONNX Runtime's order of
 * execution: a value is there from its node to its last reader. Reshapes, and transposes that are fused into a MatMul,
 * are views; an elementwise result goes in the place of an operand that ends there.
 *
 * Not counted are vectors of sizes, and what the arena holds beyond what is in use.
 */
export function accountMemory(graph: SymbolicGraph): MemoryAccount {
  const frozen = [...graph.frozen.values()].map(({ value }) => value);
  // A factor and its transpose are laid out apart.
  const factors = graph.nodes.flatMap((node) => {
    const factor = node.op === 'Gemm' || node.op === 'MatMul' ? graph.frozen.get(tensorAt(node, 1)!.id) : undefined;
    return factor ? [[`${factor.value.id} ${Number(node.attributes['transB'] ?? 0)}`, factor.value] as const] : [];
  });
  return {
    activations: peak(graph),
    inputs: total(graph.inputs),
    outputs: total(graph.outputs),
    constants: total([...graph.constants.values()].map(({ value }) => value)),
    frozen: total(frozen),
    prepacked: total([...new Map(factors).values()]),
  };
}

function peak(graph: SymbolicGraph): number {
  const order = executionOrder(graph);
  const readers = new Map<number, SymbolicNode[]>();
  for (const node of order) for (const { id } of tensors(node)) readers.set(id, [...(readers.get(id) ?? []), node]);
  const results = new Set(graph.outputs.map(({ id }) => id));
  /** By value: the buffer that it lies in; by buffer: its bytes and its values' readers and results to come. */
  const places = new Map<number, number>();
  const buffers = new Map<number, { readonly bytes: number; uses: number }>();
  const usesOf = ({ id }: Value): number => (readers.get(id)?.length ?? 0) + (results.has(id) ? 1 : 0);
  let [inUse, most] = [0, 0];
  const release = (place: number | undefined): void => {
    const buffer = place === undefined ? undefined : buffers.get(place);
    if (buffer?.uses === 0) {
      inUse -= buffer.bytes;
      buffers.delete(place!);
    }
  };
  for (const node of order) {
    const operands = tensors(node);
    const shared = isView(node, readers)
      ? operands[0]
      : inPlaceOf(node, (value) => {
          const uses = buffers.get(places.get(value.id)!)?.uses;
          return uses === operands.filter(({ id }) => places.get(id) === places.get(value.id)).length;
        });
    for (const [i, output] of node.outputs.entries()) {
      const place = i === 0 && shared ? places.get(shared.id) : output.id;
      if (place === undefined) continue;
      places.set(output.id, place);
      const known = buffers.get(place);
      if (known) known.uses += usesOf(output);
      else {
        buffers.set(place, { bytes: bytesOf(output), uses: usesOf(output) });
        inUse += bytesOf(output);
      }
    }
    most = Math.max(most, inUse);
    for (const { id } of operands) {
      const buffer = buffers.get(places.get(id)!);
      if (buffer) buffer.uses--;
    }
    for (const { id } of [...operands, ...node.outputs]) release(places.get(id));
  }
  return most;
}

function isView(node: SymbolicNode, readers: ReadonlyMap<number, readonly SymbolicNode[]>): boolean {
  if (node.op === 'Reshape') return true;
  const perm = node.attributes['perm'];
  if (node.op !== 'Transpose' || !Array.isArray(perm)) return false;
  const last = perm.length - 1;
  const swaps = perm.every((axis, i) => axis === (i === last ? last - 1 : i === last - 1 ? last : i));
  return swaps && (readers.get(node.outputs[0]!.id) ?? []).every(({ op }) => op === 'MatMul');
}

function inPlaceOf(node: SymbolicNode, ends: (value: Value) => boolean): Value | undefined {
  if (!IN_PLACE.has(node.op)) return undefined;
  const bytes = bytesOf(node.outputs[0]!);
  return tensors(node).find((operand) => bytesOf(operand) === bytes && ends(operand));
}

function bytesOf({ shape, dtype }: Value): number {
  return sizeOf(shape) * BYTES[dtype];
}

function total(values: readonly Value[]): number {
  return values.reduce((sum, value) => sum + bytesOf(value), 0);
}
