import { describe, expect, test } from '@jest/globals';
import { N, type TensorFunction } from '../testing/both.ts';
import { expectSameResults, graphOf, ops } from '../testing/graphs.ts';
import { floats } from '../testing/kernel-cases/kernel-case.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { tf } from '../tf.ts';
import { foldGemm } from './gemm.ts';
import { foldScales } from './scales.ts';

const directory = temporaryFolder();
const specs = [floats(N, 3), floats(3, 4), floats(4), floats(N, 4)];

/** The operators after the pass, after checking that the graph computes the same. */
async function folded(f: TensorFunction): Promise<string[]> {
  const graph = graphOf(f, specs);
  const result = foldScales(foldGemm(graph));
  await expectSameResults(result, graph, specs, directory);
  return ops(result);
}

/** What f makes of a tensor, and another reader of the same tensor. */
function withReader(x: tf.Tensor, f: (x: tf.Tensor) => tf.Tensor): tf.Tensor[] {
  return [f(x), tf.exp(x)];
}

describe('folded', () => {
  test.each<[string, TensorFunction]>([
    ['after a product', (x, w) => tf.mul(tf.matMul(x, w), 3)],
    ['after a product with an addend, which is scaled too', (x, w, row) => tf.mul(tf.add(tf.matMul(x, w), row), 3)],
    ['before a product, on the left', (x, w) => tf.matMul(tf.mul(x, 3), w)],
    ['before a product, on the right', (x, w) => tf.matMul(x, tf.mul(0.5, w))],
    ['the addend is not scaled by a factor', (x, w, _, matrix) => tf.add(tf.matMul(tf.mul(x, 3), w), matrix)],
    ['on every side', (x, w) => tf.mul(tf.matMul(tf.mul(x, 3), tf.mul(w, 5)), 7)],
  ])('%s', async (_, f) => {
    expect(await folded(f)).toEqual(['Gemm']);
  });

  test('a factor of several products', async () => {
    const f: TensorFunction = (x, w) => {
      const scaled = tf.mul(x, 3);
      return [tf.matMul(scaled, w), tf.matMul(scaled, scaled, true, false)];
    };
    expect(await folded(f)).toEqual(['Gemm', 'Gemm']);
  });
});

describe('left alone', () => {
  test.each<[string, TensorFunction]>([
    ['a product with another reader', (x, w) => withReader(tf.matMul(x, w), (product) => tf.mul(product, 3))],
    ['a factor with another reader', (x, w) => withReader(tf.mul(x, 3), (scaled) => tf.matMul(scaled, w))],
    ['a scaled addend', (x, w, row) => tf.add(tf.matMul(x, w), tf.mul(row, 3))],
    ['a scaled addend matrix', (x, w, _, matrix) => tf.add(tf.matMul(x, w), tf.mul(matrix, 3))],
    ['a number that is not constant', (x, w, row) => tf.mul(tf.matMul(x, w), tf.sum(row))],
    ['a constant that broadcasts the product', (x, w) => tf.mul(tf.matMul(x, w), tf.tensor3d([[[3]]]))],
  ])('%s', async (_, f) => {
    expect(await folded(f)).toContain('Mul');
  });
});
