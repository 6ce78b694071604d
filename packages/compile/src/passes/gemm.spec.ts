import { describe, expect, test } from '@jest/globals';
import { N, type TensorFunction } from '../testing/both.ts';
import { expectSameResults, graphOf, ops } from '../testing/graphs.ts';
import { floats, ints } from '../testing/kernel-cases/kernel-case.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { tf } from '../tf.ts';
import { foldGemm } from './gemm.ts';

const directory = temporaryFolder();
const specs = [floats(N, 3), floats(3, 4), floats(4), floats(N, 4)];

/** The operators after the pass, after checking that the graph computes the same. */
async function folded(f: TensorFunction, inputs = specs): Promise<string[]> {
  const graph = graphOf(f, inputs);
  const result = foldGemm(graph);
  await expectSameResults(result, graph, inputs, directory);
  return ops(result);
}

describe('folded', () => {
  test.each<[string, TensorFunction]>([
    ['a row', (x, w, row) => tf.add(tf.matMul(x, w), row)],
    ['a row, to the left', (x, w, row) => tf.add(row, tf.matMul(x, w))],
    ['a matrix', (x, w, _, matrix) => tf.add(tf.matMul(x, w), matrix)],
    ['a constant', (x, w) => tf.add(tf.matMul(x, w), tf.tensor1d([1, 2, 3, 4]))],
  ])('%s', async (_, f) => {
    expect(await folded(f)).toEqual(['Gemm']);
  });

  test('transposed operands', async () => {
    const f: TensorFunction = (x, w, row) => tf.add(tf.matMul(x, w, true, true), row);
    expect(await folded(f, [floats(3, N), floats(4, 3), floats(4)])).toEqual(['Gemm']);
  });

  test('an addend that is computed after the product', async () => {
    const f: TensorFunction = (x, w, row) => {
      const product = tf.matMul(x, w);
      return tf.add(product, tf.exp(row));
    };
    expect(await folded(f)).toEqual(['Exp', 'Gemm']);
  });

  test('one product into another, and no further', async () => {
    const f: TensorFunction = (x, w, row) => tf.add(tf.add(tf.matMul(x, w), tf.matMul(tf.sin(x), w)), row);
    expect(await folded(f)).toEqual(['Gemm', 'Sin', 'Gemm', 'Add']);
  });

  test('what reads the sum reads the product', async () => {
    const f: TensorFunction = (x, w, row) => {
      const y = tf.add(tf.matMul(x, w), row);
      return [y, tf.exp(y), y];
    };
    expect(await folded(f)).toEqual(['Gemm', 'Exp']);
  });
});

describe('not folded', () => {
  test.each<[string, TensorFunction, string[]]>([
    [
      'a product with another reader',
      (x, w, row) => ((p: tf.Tensor) => tf.mul(tf.add(p, row), p))(tf.matMul(x, w)),
      ['Gemm', 'Add', 'Mul'],
    ],
    [
      'a product that is an output',
      (x, w, row) => ((p: tf.Tensor) => [p, tf.add(p, row)])(tf.matMul(x, w)),
      ['Gemm', 'Add'],
    ],
    ['a product added to itself', (x, w) => ((p: tf.Tensor) => tf.add(p, p))(tf.matMul(x, w)), ['Gemm', 'Add']],
    ['a scalar', (x, w) => tf.add(tf.matMul(x, w), 2), ['Gemm', 'Add']],
    ['a column', (x, w, _, m) => tf.add(tf.matMul(x, w), tf.sum(m, 1, true)), ['Gemm', 'ReduceSum', 'Add']],
    ['a difference', (x, w, row) => tf.sub(tf.matMul(x, w), row), ['Gemm', 'Sub']],
  ])('%s', async (_, f, expected) => {
    expect(await folded(f)).toEqual(expected);
  });

  test('a row of products that is broadcast up to the addend', async () => {
    const f: TensorFunction = (x, w, _, matrix) => tf.add(tf.matMul(x, w), matrix);
    expect(await folded(f, [floats(1, 3), floats(3, 4), floats(4), floats(N, 4)])).toEqual(['Gemm', 'Add']);
  });

  test('an addend of more axes, and one row of a longer width', async () => {
    const f: TensorFunction = (x, w, a, b) => [tf.add(tf.matMul(x, w), a), tf.add(tf.matMul(x, w), b)];
    const inputs = [floats(N, 3), floats(3, 1), floats(2, N, 1), floats(4)];
    expect(await folded(f, inputs)).toEqual(['Gemm', 'Add', 'Gemm', 'Add']);
  });

  test('batched and whole-number products', async () => {
    const f: TensorFunction = (x, w, a, b) => [tf.add(tf.matMul(x, w), 1), tf.add(tf.matMul(a, b), tf.ones([2]))];
    const inputs = [ints(N, 3), ints(3, 2), floats(2, N, 3), floats(2, 3, 2)];
    expect(await folded(f, inputs)).not.toContain('Gemm');
  });
});
