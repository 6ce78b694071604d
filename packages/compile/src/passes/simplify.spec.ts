import { describe, expect, test } from '@jest/globals';
import { detach } from '../ops/detach.ts';
import { N, type TensorFunction } from '../testing/both.ts';
import { expectSameResults, graphOf, ops } from '../testing/graphs.ts';
import { floats, ints } from '../testing/kernel-cases/kernel-case.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { tf } from '../tf.ts';
import { dropDeadCode } from './dead-code.ts';
import { simplify } from './simplify.ts';

const directory = temporaryFolder();
const specs = [floats(N, 4), floats(4)];

/** The operators left of f, after checking that it computes the same. */
async function left(f: TensorFunction, inputs = specs): Promise<string[]> {
  const graph = graphOf(f, inputs);
  const simple = dropDeadCode(simplify(graph));
  await expectSameResults(simple, graph, inputs, directory);
  return ops(simple);
}

describe('what computes nothing goes', () => {
  test.each<[string, TensorFunction]>([
    ['x + 0', (x) => tf.add(x, 0)],
    ['0 + x', (x) => tf.add(0, x)],
    ['x - 0', (x) => tf.sub(x, 0)],
    ['x · 1', (x) => tf.mul(x, tf.ones([4]))],
    ['1 · x', (x) => tf.mul(tf.onesLike(x), x)],
    ['x / 1', (x) => tf.div(x, 1)],
    ['one after another', (x) => tf.mul(tf.add(tf.sub(x, 0), tf.zeros([1, 4])), 1)],
    ['ones reshaped', (x) => tf.mul(x, tf.reshape(tf.ones([4]), [1, 4]))],
    ['x in its own shape', (x) => tf.reshape(x, x.shape)],
    ['x reshaped there and back', (x) => tf.reshape(tf.reshape(x, [-1]), x.shape)],
    ['the sum of x and what is zero', (x, y) => tf.add(x, tf.mul(tf.sin(y), 0))],
  ])('%s', async (_, f) => {
    expect(await left(f)).toEqual([]);
  });
});

describe('what looks like it stays', () => {
  test.each<[string, TensorFunction, string[]]>([
    ['0 - x', (x) => tf.sub(0, x), ['Sub']],
    ['1 / x', (x) => tf.div(1, x), ['Div']],
    ['y + 0 that is broadcast up', (x, y) => tf.add(y, tf.zerosLike(x)), ['ConstantOfShape', 'Add']],
    ['y · 1 that is broadcast up', (x, y) => tf.mul(tf.onesLike(x), y), ['ConstantOfShape', 'Mul']],
    ['y + 0 of a higher rank', (_, y) => tf.add(y, tf.zeros([1, 4])), ['Add']],
    ['a constant that is zero here and there', (x) => tf.add(x, tf.tensor1d([0, 0, 0, 1])), ['Add']],
    ['exp(0)', (x) => tf.add(x, tf.exp(tf.zeros([4]))), ['Exp', 'Add']],
    ['0 + 1', (x) => tf.mul(x, tf.add(tf.zeros([4]), tf.tensor1d([2, 3, 4, 5]))), ['Mul']],
    ['zeros padded with ones', (x) => tf.add(x, tf.pad(tf.zeros([3]), [[0, 1]], 1)), ['Pad', 'Add']],
    [
      'zeros beside something else',
      (x, y) => tf.add(x, tf.concat([tf.zeros([2]), tf.slice(y, 0, 2)])),
      ['Slice', 'Concat', 'Add'],
    ],
    ['the second of two reshapes', (x) => tf.neg(tf.reshape(tf.reshape(x, [-1]), [-1, 2])), ['Reshape', 'Neg']],
    ['a reshape beside its readers', (x) => tf.neg(tf.reshape(x, [-1])), ['Reshape', 'Neg']],
    ['x / 0', (x) => tf.add(x, tf.div(x, tf.scalar(0))), ['Div', 'Add']],
  ])('%s', async (_, f, expected) => {
    expect(await left(f)).toEqual(expected);
  });

  test('a change of type', async () => {
    const f: TensorFunction = (i) => tf.add(tf.cast(i, 'float32'), 0);
    expect(await left(f, [ints(N)])).toEqual(['Cast']);
  });

  test('a matrix product with an addend is not zero', () => {
    const graph = graphOf((x, y) => tf.add(tf.matMul(x, tf.zeros([4, 4])), y), specs);
    const [product, sum] = graph.nodes;
    const addend = { ...product!, operands: [...product!.operands, graph.inputs[1]!], outputs: sum!.outputs };
    const doubled = {
      ...sum!,
      operands: [graph.inputs[0]!, sum!.outputs[0]!],
      outputs: [{ ...sum!.outputs[0]!, id: 99 }],
    };
    const folded = { ...graph, nodes: [addend, doubled], outputs: doubled.outputs };
    expect(ops(simplify(folded))).toEqual(['Gemm', 'Add']);
  });
});

describe('zeros are followed', () => {
  test.each<[string, (zero: tf.Tensor, x: tf.Tensor) => tf.Tensor]>([
    ['a product', (zero, x) => tf.mul(tf.exp(x), zero)],
    ['a matrix product', (zero, x) => tf.matMul(x, tf.matMul(zero, x, true))],
    [
      'a batched product',
      (zero, x) => tf.reshape(tf.matMul(tf.expandDims(zero, -1), tf.expandDims(x, -2)).sum(1), x.shape),
    ],
    ['shapes', (zero) => tf.transpose(tf.reshape(tf.transpose(zero), [4, -1]))],
    ['slices and joins', (zero) => tf.concat(tf.split(zero, 2, 1), 1)],
    [
      'padding with zeros',
      (zero) =>
        tf.slice(
          tf.pad(zero, [
            [0, 0],
            [1, 0],
          ]),
          [0, 0],
          [-1, 4],
        ),
    ],
    ['tiling', (zero) => tf.tile(tf.slice(zero, [0, 0], [-1, 2]), [1, 2])],
    ['sums', (zero) => tf.add(zero, tf.sum(zero, 1, true))],
    ['signs and roots', (zero) => tf.sqrt(tf.neg(zero))],
    ['a division', (zero, x) => tf.div(zero, tf.exp(x))],
    ['types', (zero) => tf.cast(tf.cast(zero, 'int32'), 'float32')],
    ['a gather', (zero) => tf.gather(zero, tf.tensor1d([3, 2, 1, 0], 'int32'), 1)],
  ])('through %s', async (_, f) => {
    expect(await left((x) => tf.add(x, f(tf.zerosLike(x), x)))).toEqual([]);
  });

  test('a detached factor costs nothing in the backward pass', async () => {
    const f: TensorFunction = (x) => tf.grad((x: tf.Tensor) => tf.sum(tf.mul(x, detach(tf.exp(tf.sin(x))))))(x);
    const operators = await left(f);
    expect(operators).toContain('Exp');
    expect(operators).not.toContain('Cos');
  });
});

test('outputs may become inputs, and a zero that is an output is still computed', async () => {
  expect(await left((x, y) => [tf.add(x, 0), x, tf.mul(y, 1), tf.mul(x, 0)])).toEqual(['Mul']);
});
