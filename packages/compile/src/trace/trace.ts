/** Runs a function on placeholders and keeps what it computed. */
import { CompileError } from '../errors.ts';
import type { TensorSpec } from '../symbolic/dimension.ts';
import { tf } from '../tf.ts';
import { isSpec, isTensor, leaves, replaceLeaves } from '../tree.ts';
import { asTensor, TRACE_BACKEND, traceBackend } from './backend.ts';
import type { Graph } from './graph.ts';
import './kernels/index.ts';

/** A traced function: its graph, and the shape of the tree it returned. */
export interface Trace {
  readonly graph: Graph;
  /** The function's result with each tensor replaced by its index among the graph's outputs. */
  readonly resultTree: unknown;
}

/** The size of each symbol in one trace. */
export type Point = Readonly<Record<string, number>>;

/**
 * Traces `f` at one size of every symbol.
 *
 * Nothing is computed; reading a tensor's values, using an outside tensor or an operation that has no ONNX form
 * throws a CompileError that names it.
 *
 * @param marksCheckpoints whether `checkpoint` marks what `recompute` needs
 */
export function trace(
  f: (...args: never[]) => unknown,
  inputs: readonly unknown[],
  point: Point,
  marksCheckpoints = false,
): Trace {
  const previous = tf.getBackend();
  // The factory is synchronous, so the backend is in place when setBackend returns its promise.
  void tf.setBackend(TRACE_BACKEND);
  if (tf.getBackend() !== TRACE_BACKEND) throw new CompileError('TensorFlow.js refused the tracing backend.');
  const recorder = traceBackend.start(marksCheckpoints);
  try {
    return tf.tidy(() => {
      const placeholders = leaves(inputs, isSpec).map(({ leaf }) => placeholder(leaf, point));
      const args = replaceLeaves(inputs, isSpec, () => placeholders.shift()) as never[];
      const result = f(...args);
      const tensors = leaves(result, isTensor);
      const outputs = tensors.map(({ leaf }) => traceBackend.traced(leaf));
      let index = 0;
      const resultTree = replaceLeaves(result, isTensor, () => index++);
      return { graph: recorder.graph(outputs), resultTree } as Trace & tf.TensorContainer;
    });
  } finally {
    traceBackend.stop();
    if (previous) void tf.setBackend(previous);
  }
}

function placeholder(spec: TensorSpec, point: Point): tf.Tensor {
  const shape = spec.shape.map((size) => (typeof size === 'number' ? size : size.times * point[size.symbol]!));
  return asTensor(traceBackend.info(traceBackend.recorder.input(shape, spec.dtype)));
}
