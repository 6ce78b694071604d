import { describe, expect, test } from '@jest/globals';
import { N, type TensorFunction } from '../testing/both.ts';
import { expectSameResults, graphOf, ops } from '../testing/graphs.ts';
import { floats, ints } from '../testing/kernel-cases/kernel-case.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { tf } from '../tf.ts';
import { foldSumOfProducts } from './sum-of-products.ts';

const directory = temporaryFolder();
const specs = [floats(64, 64), floats(64, 64)];

async function folded(f: TensorFunction, inputs = specs): Promise<string[]> {
  const graph = graphOf(f, inputs);
  const result = foldSumOfProducts(graph);
  await expectSameResults(result, graph, inputs, directory, 1e-5);
  const ids = result.nodes.flatMap(({ outputs }) => outputs.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  return ops(result).filter((op) => op !== 'Reshape');
}

describe('folded', () => {
  test.each<[string, TensorFunction, ReturnType<typeof floats>[]]>([
    ['two matrices', (a, b) => tf.sum(tf.mul(a, b)), specs],
    ['a square', (a) => tf.sum(tf.square(a)), specs],
    ['keepDims', (a, b) => tf.sum(tf.mul(a, b), [0, 1], true), specs],
    ['a symbolic size', (a, b) => tf.sum(tf.mul(a, b)), [floats(2, N, 64), floats(2, N, 64)]],
    [
      'the gradient of a learned scale',
      (a, b, scale) => tf.grads((s: tf.Tensor) => tf.mul(a, s))([scale], b)[0]!,
      [...specs, floats()],
    ],
  ])('%s', async (_, f, inputs) => {
    const operators = await folded(f, inputs);
    // Dead code is another pass's: the product itself is still there.
    expect(operators.filter((op) => op === 'Gemm')).toHaveLength(1);
    expect(operators).not.toContain('ReduceSum');
  });

  test('two of them, by values of their own', async () => {
    const f: TensorFunction = (a, b) => [tf.sum(tf.mul(a, b)), tf.sum(tf.square(b))];
    expect((await folded(f)).filter((op) => op === 'Gemm')).toHaveLength(2);
  });
});

describe('not folded', () => {
  test.each<[string, TensorFunction, ReturnType<typeof floats>[]]>([
    ['a product with another reader', (a, b) => ((p: tf.Tensor) => [tf.sum(p), tf.exp(p)])(tf.mul(a, b)), specs],
    ['a product that is an output', (a, b) => ((p: tf.Tensor) => [tf.sum(p), p])(tf.mul(a, b)), specs],
    ['some of the axes', (a, b) => tf.sum(tf.mul(a, b), 0), specs],
    ['a factor that is broadcast', (a, b) => tf.sum(tf.mul(a, b)), [floats(64, 64), floats(64)]],
    ['a few elements', (a, b) => tf.sum(tf.mul(a, b)), [floats(8, 8), floats(8, 8)]],
    ['whole numbers', (a, b) => tf.sum(tf.mul(a, b)), [ints(64, 64), ints(64, 64)]],
    ['a mean', (a, b) => tf.mean(tf.mul(a, b)), specs],
  ])('%s', async (_, f, inputs) => {
    expect(await folded(f, inputs)).not.toContain('Gemm');
  });
});
