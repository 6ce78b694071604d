/** Graphs as the passes see them, and what they compute. */
import type { HostTensor } from '../host.ts';
import { placeWeights } from '../onnx/place-weights.ts';
import { storeModel } from '../onnx/store-model.ts';
import { writeOnnx } from '../onnx/write.ts';
import { openSession } from '../session.ts';
import type { TensorSpec } from '../symbolic/dimension.ts';
import { tracePoints, unify, type SymbolicGraph } from '../symbolic/unify.ts';
import { trace } from '../trace/trace.ts';
import { cpu, expectClose, randomInput, type TensorFunction } from './both.ts';

/** The graph of a function before any pass; its checkpoints are marked where that is asked for. */
export function graphOf(f: TensorFunction, inputs: readonly TensorSpec[], marksCheckpoints = false): SymbolicGraph {
  const sizes = inputs.flatMap(({ shape }) => shape);
  const symbols = new Set(sizes.flatMap((size) => (typeof size === 'number' ? [] : [size.symbol])));
  const points = tracePoints([...symbols].sort());
  const list = (...args: never[]): unknown => [f(...args)].flat();
  return unify(
    points.map((point) => trace(list, inputs, point, marksCheckpoints).graph),
    points,
  );
}

/** The operators of a graph, in order. */
export function ops(graph: SymbolicGraph): string[] {
  return graph.nodes.map(({ op }) => op);
}

/** What a graph computes of these inputs, as it stands: ONNX Runtime's own optimisations are off. */
export async function runGraph(
  graph: SymbolicGraph,
  specs: readonly TensorSpec[],
  inputs: readonly HostTensor[],
  directory: string,
): Promise<HostTensor[]> {
  const placed = placeWeights(new Set([...graph.frozen.values()].map(({ source }) => source.file)), directory);
  const { bytes, weights, ...names } = writeOnnx(graph, specs, placed);
  const attached = weights && { attached: storeModel(weights, directory) };
  const session = await openSession({ model: storeModel(bytes, directory), ...attached, ...names }, directory, {
    ...cpu,
    optimizationLevel: 'disabled',
  });
  const results = await session.run(inputs);
  await session.dispose();
  return results;
}

/** Fails unless two graphs compute the same of random inputs, at two sizes of N and S. */
export async function expectSameResults(
  actual: SymbolicGraph,
  expected: SymbolicGraph,
  specs: readonly TensorSpec[],
  directory: string,
  tolerance?: number,
): Promise<void> {
  for (const size of [1, 5]) {
    const inputs = specs.map((spec, i) => randomInput(spec, { N: size, S: size }, `input ${i}`));
    const results = [];
    for (const graph of [actual, expected]) results.push(await runGraph(graph, specs, inputs, directory));
    expectClose(results[0]!, results[1]!, tolerance);
  }
}
