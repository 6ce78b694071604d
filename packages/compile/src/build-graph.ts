/** From a function to a model that lies in a folder: traced, optimised and written as ONNX. */
import { basename } from 'node:path';
import type { StoredGraph } from './graph-cache.ts';
import { placeWeights } from './onnx/place-weights.ts';
import { storeModel } from './onnx/store-model.ts';
import { writeOnnx } from './onnx/write.ts';
import { castFrozen } from './passes/cast-frozen.ts';
import { limitOutputs } from './passes/few-outputs.ts';
import { optimize } from './passes/index.ts';
import { recompute } from './recompute/recompute.ts';
import type { TensorSpec } from './symbolic/dimension.ts';
import { tracePoints, unify } from './symbolic/unify.ts';
import { trace } from './trace/trace.ts';
import { isSpec, leaves } from './tree.ts';

/** What of the options of `compile` decides a graph, besides the function. */
export interface GraphOptions {
  /** The tree of inputs. */
  readonly inputs: readonly unknown[];
  /** See `CompileOptions.recompute`. */
  readonly recompute: boolean;
  /** Whether a node may have only a few outputs; see `limitOutputs`. */
  readonly fewOutputs: boolean;
  /** Whether rows are taken from a table of 16 bits before they are widened; see `castFrozen`. */
  readonly gathersFirst: boolean;
}

/**
 * Builds the graph of a function and keeps it in the folder, beside links to its weights.
 *
 * @throws CompileError when an operation, a size or a constant cannot be compiled.
 */
export function buildGraph(f: (...args: never[]) => unknown, options: GraphOptions, directory: string): StoredGraph {
  const specs = leaves(options.inputs, isSpec).map(({ leaf }) => leaf);
  const points = tracePoints(symbolsOf(specs));
  const traces = points.map((point) => trace(f, options.inputs, point, options.recompute));
  const simplified = optimize(
    unify(
      traces.map((t) => t.graph),
      points,
    ),
  );
  const optimized = options.recompute ? recompute(simplified) : simplified;
  const graph = castFrozen(options.fewOutputs ? limitOutputs(optimized) : optimized, options.gathersFirst);
  const files = new Set([...graph.frozen.values()].map(({ source }) => source.file));
  const placed = placeWeights(files, directory);
  const { bytes, weights, inputNames, outputNames } = writeOnnx(graph, specs, placed);
  return {
    model: storeModel(bytes, directory),
    ...(weights && { attached: storeModel(weights, directory) }),
    inputNames,
    outputNames,
    resultTree: traces[0]!.resultTree,
    nodes: graph.nodes.length,
    ...(options.recompute && { ordered: true }),
    weights: [...placed].map(([file, target]) => [file, basename(target)] as const),
  };
}

function symbolsOf(specs: readonly TensorSpec[]): string[] {
  const sizes = specs.flatMap(({ shape }) => shape);
  return [...new Set(sizes.flatMap((size) => (typeof size === 'number' ? [] : [size.symbol])))].sort();
}
