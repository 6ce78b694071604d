import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { partsOfLengths, openFloor } from './floor.ts';
import { floorGraph, shapeProbe, sizesOf, valuesOfProducts } from './floor-graph.ts';
import { FLOAT, readOnnx, writeOnnxGraph, type OnnxGraph, type OnnxNode } from './onnx-graph.ts';

const node = (opType: string, input: string[], output: string): OnnxNode => {
  return { opType, input, output: [output], name: output, attribute: [], domain: '' };
};
/** OperatorSetIdProto of version 20 of the empty domain: field 2, varint. */
const opsets = [Uint8Array.of(0x10, 20)];
const tensor = (name: string, dims: (number | string)[]) => ({ name, elemType: FLOAT, dims });

/** relu(x · w) · relu(x · w)ᵀ's worth of products, and a Relu that the floor leaves out. */
const graph: OnnxGraph = {
  irVersion: 9,
  opsets,
  nodes: [node('MatMul', ['x', 'w'], 'a'), node('Relu', ['a'], 'b'), node('Gemm', ['b', 'v', 'a'], 'c')],
  initializers: new Map([['v', constant('v', 5, 5)]]),
  inputs: [tensor('x', ['N', 3]), tensor('w', [3, 5])],
  outputs: [tensor('c', ['c_0', 'c_1'])],
};

/** TensorProto: dims (1), data_type (2), name (8), raw_data (9). */
function constant(name: string, rows: number, columns: number): Uint8Array {
  const data = new Uint8Array(4 * rows * columns);
  return Uint8Array.of(0x08, rows, 0x08, columns, 0x10, 1, 0x42, 1, name.charCodeAt(0), 0x4a, data.length, ...data);
}

test('a graph is read as it was written', () => {
  const read = readOnnx(writeOnnxGraph(graph));
  expect(read.nodes).toEqual(graph.nodes);
  expect(read.inputs).toEqual(graph.inputs);
  expect([...read.initializers.keys()]).toEqual(['v']);
  expect(read.irVersion).toBe(9);
});

test('the floor has the products alone, their constants, an input a shape, and counts 2MNK', () => {
  const shapes = new Map([
    ['x', [7, 3]],
    ['w', [3, 5]],
    ['a', [7, 5]],
    ['b', [7, 5]],
    ['v', [5, 5]],
    ['c', [7, 5]],
  ]);
  expect(valuesOfProducts(graph)).toEqual(['x', 'w', 'a', 'b', 'v', 'c']);
  const floor = floorGraph(graph, [shapes]);
  expect(floor.graph.nodes.map(({ opType, input }) => [opType, ...input])).toEqual([
    ['MatMul', 'input_0', 'input_1'],
    ['Gemm', 'input_2', 'v'],
    ['Shape', 'c'],
  ]);
  expect([...floor.inputs[0]!]).toEqual([
    ['input_0', [7, 3]],
    ['input_1', [3, 5]],
    ['input_2', [7, 5]],
  ]);
  expect(floor.products).toBe(2);
  expect(floor.flops).toBe(2 * 7 * 5 * 3 + 2 * 7 * 5 * 5);
});

test('the probe returns shapes, and sizes follow the symbols', () => {
  expect(shapeProbe(graph, ['a', 'c']).nodes.slice(-2)).toMatchObject([
    { opType: 'Shape', input: ['a'], output: ['floor_shape_0'] },
    { opType: 'Shape', input: ['c'], output: ['floor_shape_1'] },
  ]);
  expect(sizesOf(tensor('m', [32, '4*S', 'N']), { N: 9, S: 2 })).toEqual([32, 8, 9]);
  expect(() => sizesOf(tensor('m', ['Q']), { N: 9, S: 2 })).toThrow('input m has a size Q');
});

test('ONNX Runtime runs it, in parts', async () => {
  expect(partsOfLengths([4, 1, 3, 2], 2)).toEqual([
    { N: 3, S: 2 },
    { N: 7, S: 4 },
  ]);
  const directory = mkdtempSync(join(tmpdir(), 'lomap-floor-'));
  try {
    writeFileSync(join(directory, 'step.onnx'), writeOnnxGraph(graph));
    const floor = await openFloor(directory, partsOfLengths([4, 1, 3, 2], 2), 1);
    expect(floor.products).toBe(4);
    expect(floor.flops).toBe(2 * 10 * 5 * (3 + 5));
    expect(await floor.run()).toBeGreaterThan(0);
    await expect(openFloor(join(directory, '..', 'no-such'), [], 1)).rejects.toThrow('no-such');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
