/** Times the matrix products of the step's own graph, alone, in the ONNX Runtime that runs the step. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { partsOf } from '@lomap/train';
import * as ort from 'onnxruntime-node';
import { floorGraph, productsOf, shapeProbe, size, sizesOf, valuesOfProducts, type Shapes } from './floor-graph.ts';
import { readOnnx, writeOnnxGraph, type OnnxGraph } from './onnx-graph.ts';

export interface Floor {
  readonly products: number;
  readonly flops: number;
  /** Milliseconds of all products once. */
  run(): Promise<number>;
}

/** N rows and longest length S of each part of the batch. */
export type Parts = readonly Readonly<Record<'N' | 'S', number>>[];

/** The parts in which training takes a batch of these lengths. */
export function partsOfLengths(lengths: readonly number[], passes: number): Parts {
  return partsOf(lengths, lengths.length, passes, (length) => length).map((part) => ({
    N: part.reduce((sum, length) => sum + length, 0),
    S: Math.max(...part),
  }));
}

/** As `sessionOptions` of packages/compile: the floor runs under the step's own options. */
function options(threads: number): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    enableMemPattern: false,
    logSeverityLevel: 3,
  };
}

/** The floor of the step whose graphs the compiler left in this folder. */
export async function openFloor(directory: string, parts: Parts, threads: number): Promise<Floor> {
  const floors: Floor[] = [];
  const seen = new Set<string>();
  for (const name of readdirSync(directory).filter((file) => file.endsWith('.onnx'))) {
    const optimized = await optimizedGraph(directory, name, threads);
    // The cache may hold a graph twice: as it was written, and as ONNX Runtime optimised it.
    const signature = JSON.stringify([optimized.inputs, optimized.outputs.map((output) => output.name)]);
    if (seen.has(signature) || productsOf(optimized).length === 0) continue;
    seen.add(signature);
    floors.push(await floorOf(directory, optimized, parts, threads));
  }
  if (floors.length === 0) throw new Error(`${directory}: no graph with matrix products; expected the step's.`);
  return {
    products: floors.reduce((sum, { products }) => sum + products, 0),
    flops: floors.reduce((sum, { flops }) => sum + flops, 0),
    async run() {
      let ms = 0;
      for (const floor of floors) ms += await floor.run();
      return ms;
    },
  };
}

async function floorOf(directory: string, optimized: OnnxGraph, parts: Parts, threads: number): Promise<Floor> {
  const floor = floorGraph(optimized, await shapesOf(directory, optimized, parts));
  const session = await open(directory, floor.graph, threads);
  const buffer = alignedBuffers(floor.inputs.flatMap((shapes) => [...shapes.values()]));
  const runs = floor.inputs.map((shapes) =>
    Object.fromEntries([...shapes].map(([input, shape]) => [input, new ort.Tensor('float32', buffer(shape), shape)])),
  );
  return {
    products: floor.products * parts.length,
    flops: floor.flops,
    async run() {
      const started = performance.now();
      for (const feeds of runs) await session.run(feeds);
      return performance.now() - started;
    },
  };
}

/** What Node has and the types of a program without a browser lack. */
const { WebAssembly: wasm } = globalThis as unknown as {
  WebAssembly: { Memory: new (pages: { initial: number }) => { readonly buffer: ArrayBuffer } };
};

/**
 * One buffer for each shape, on a boundary of 64 bytes as ONNX Runtime's own: a Float32Array lies at any multiple of 16,
 * where AVX-512 loads straddle cache lines.
 */
function alignedBuffers(shapes: readonly (readonly number[])[]): (shape: readonly number[]) => Float32Array {
  const places = new Map<string, number>();
  let bytes = 0;
  for (const shape of shapes) {
    if (places.has(shape.join(' '))) continue;
    places.set(shape.join(' '), bytes);
    bytes += 64 * (Math.ceil(size(shape) / 16) + 1);
  }
  // Its memory begins on a page.
  const memory = new wasm.Memory({ initial: Math.ceil(bytes / 2 ** 16) }).buffer;
  const all = new Float32Array(memory);
  for (let i = 0; i < all.length; i++) all[i] = Math.sin(i);
  return (shape) => new Float32Array(memory, places.get(shape.join(' '))!, size(shape));
}

/** The graph as ONNX Runtime runs it: after its own fusions. */
async function optimizedGraph(directory: string, name: string, threads: number): Promise<OnnxGraph> {
  const optimizedModelFilePath = join(directory, `${name}.optimized`);
  const session = await ort.InferenceSession.create(join(directory, name), {
    ...options(threads),
    graphOptimizationLevel: 'all',
    optimizedModelFilePath,
  });
  await session.release();
  return readOnnx(readFileSync(optimizedModelFilePath));
}

/** Runs the graph on zeros of each part's sizes and reads the shapes of what its products take and give. */
async function shapesOf(directory: string, graph: OnnxGraph, parts: Parts): Promise<Shapes[]> {
  const names = valuesOfProducts(graph);
  const session = await open(directory, shapeProbe(graph, names), 1);
  const shapes: Shapes[] = [];
  for (const part of parts) {
    const results = await session.run(Object.fromEntries(graph.inputs.map((info) => [info.name, zeros(info, part)])));
    const shapeOf = (i: number): number[] => Array.from(results[`floor_shape_${i}`]!.data as BigInt64Array, Number);
    shapes.push(new Map(names.map((name, i) => [name, shapeOf(i)])));
  }
  await session.release();
  return shapes;
}

function zeros(info: OnnxGraph['inputs'][number], part: Parts[number]): ort.Tensor {
  const shape = sizesOf(info, part);
  return info.elemType === 1
    ? new ort.Tensor('float32', new Float32Array(size(shape)), shape)
    : new ort.Tensor('int32', new Int32Array(size(shape)), shape);
}

/** Opens a graph as it is: it has been optimised, and equal products must stay several. */
async function open(directory: string, graph: OnnxGraph, threads: number): Promise<ort.InferenceSession> {
  const file = join(directory, 'floor.model');
  writeFileSync(file, writeOnnxGraph(graph));
  return ort.InferenceSession.create(file, { ...options(threads), graphOptimizationLevel: 'disabled' });
}
