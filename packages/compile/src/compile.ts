import { join } from 'node:path';
import type { GraphOptions } from './build-graph.ts';
import type { DeviceOptions } from './device.ts';
import { openEager } from './eager.ts';
import { CompileError } from './errors.ts';
import { GraphCache, type CachedAs } from './graph-cache.ts';
import type { HostTensor } from './host.ts';
import { openSession } from './session.ts';
import type { TensorSpec } from './symbolic/dimension.ts';
import { isHostTensor, isSpec, leaves, replaceLeaves, type Hosts, type Specs } from './tree.ts';

export interface CompileOptions<A extends readonly unknown[]> {
  /** What the function is called in error messages. */
  readonly name: string;
  /** The type and shape of every input, in the tree in which the function takes them. */
  readonly inputs: Specs<A>;
  readonly device: DeviceOptions;
  /** Where graphs and links to weights are kept. Processes may share it. */
  readonly cacheDirectory: string;
  /**
   * Computes again in the backward pass what lies between two values marked by `checkpoint`, instead of keeping it: less
   * memory, more time, the same results. An eager device ignores it. @default false
   */
  readonly recompute?: boolean | undefined;
  /** Lets a later process find the graph in `cacheDirectory` instead of tracing the function. @default it is traced each time */
  readonly cached?: CachedAs | undefined;
}

/** A function of host tensors that runs where it was compiled for. */
export interface Compiled<A extends readonly unknown[], R> {
  (...args: Hosts<A> extends readonly unknown[] ? Hosts<A> : never): Promise<Hosts<R>>;
  /** Number of operators in the optimised graph; 0 when the function runs eagerly. */
  readonly nodes: number;
  dispose(): Promise<void>;
}

/**
 * Compiles a function of tensors: traced with TensorFlow.js, optimised, written as ONNX and run by ONNX Runtime, or
 * run eagerly when the device is one of TensorFlow.js's.
 *
 * Trees of tensors go in and come out. Sizes given as `{ symbol, times }` are known only when the function runs: one
 * graph serves every size. Inputs are checked against `inputs` at every call.
 *
 * @throws CompileError when an operation, a size or a constant cannot be compiled, or the device is not there.
 */
export async function compile<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  options: CompileOptions<A>,
): Promise<Compiled<A, R>> {
  const specs = leaves(options.inputs, isSpec);
  const untyped = f as unknown as (...args: never[]) => unknown;
  if (options.device.device.startsWith('tfjs-')) {
    const run = await openEager(untyped, options.device);
    const call = async (...args: unknown[]): Promise<unknown> => {
      checkInputs(options.name, specs, args);
      return run(args);
    };
    return Object.assign(call, { nodes: 0, dispose: async () => {} }) as unknown as Compiled<A, R>;
  }
  const directory = join(options.cacheDirectory, 'graphs');
  const graphOptions: GraphOptions = {
    inputs: options.inputs as readonly unknown[],
    recompute: options.recompute ?? false,
    fewOutputs: options.device.device === 'webgpu',
    // A shader has halves only where the GPU offers them.
    gathersFirst: options.device.device !== 'webgpu',
  };
  const cache = options.cached && new GraphCache(directory, options.cached, { name: options.name, ...graphOptions });
  let graph = cache?.load();
  if (!graph) {
    // Most processes of a sweep find their graphs and need none of this.
    const { buildGraph } = await import('./build-graph.ts');
    graph = buildGraph(untyped, graphOptions, directory);
    cache?.store(graph);
  }
  const session = await openSession(graph, directory, options.device);
  const { nodes, resultTree } = graph;
  const isIndex = (node: unknown): node is number => typeof node === 'number';
  const call = async (...args: unknown[]): Promise<unknown> => {
    const results = await session.run(checkInputs(options.name, specs, args));
    const order = leaves(resultTree, isIndex).map(({ leaf }) => results[leaf]!);
    return replaceLeaves(resultTree, isIndex, () => order.shift());
  };
  return Object.assign(call, { nodes, dispose: () => session.dispose() }) as unknown as Compiled<A, R>;
}

function checkInputs(
  name: string,
  specs: readonly { path: string; leaf: TensorSpec }[],
  args: unknown[],
): HostTensor[] {
  const given = leaves(args, isHostTensor);
  const sizes = new Map<string, number>();
  if (given.length !== specs.length)
    throw new CompileError(`${name} takes ${specs.length} tensors and was given ${given.length}.`);
  return given.map(({ path, leaf }, i) => {
    const spec = specs[i]!;
    const fits =
      path === spec.path &&
      leaf.dtype === spec.leaf.dtype &&
      leaf.shape.length === spec.leaf.shape.length &&
      spec.leaf.shape.every((size, axis) => {
        const actual = leaf.shape[axis]!;
        if (typeof size === 'number') return actual === size;
        const symbol = actual / size.times;
        if (!sizes.has(size.symbol)) sizes.set(size.symbol, symbol);
        return sizes.get(size.symbol) === symbol;
      });
    if (!fits) {
      const wanted = spec.leaf.shape.map((s) => (typeof s === 'number' ? s : `${s.times}·${s.symbol}`)).join(', ');
      throw new CompileError(
        `${name}: the input ${path} is ${leaf.dtype} [${leaf.shape.join(', ')}]; expected ${spec.path}, ${spec.leaf.dtype} [${wanted}].`,
      );
    }
    return leaf;
  });
}
