import { expect, test } from '@jest/globals';
import { N } from '../testing/both.ts';
import { expectSameResults, graphOf, ops } from '../testing/graphs.ts';
import { floats } from '../testing/kernel-cases/kernel-case.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { tf } from '../tf.ts';
import { shareCommonSubexpressions } from './common-subexpressions.ts';
import { dropDeadCode } from './dead-code.ts';

const directory = temporaryFolder();
const specs = [floats(N, 4)];

test('the same operation of the same operands is computed once, also where the operands are shared ones', async () => {
  const graph = graphOf((x) => tf.sub(tf.exp(tf.mul(x, 2)), tf.square(tf.exp(tf.mul(x, 2)))), specs);
  const shared = dropDeadCode(shareCommonSubexpressions(graph));
  expect(ops(graph)).toEqual(['Mul', 'Exp', 'Mul', 'Exp', 'Mul', 'Sub']);
  expect(ops(shared)).toEqual(['Mul', 'Exp', 'Mul', 'Sub']);
  expect([graph.constants.size, shared.constants.size]).toEqual([2, 1]);
  await expectSameResults(shared, graph, specs, directory);
});

test.each([
  ['the order of operands', (x: tf.Tensor) => [tf.sub(x, 1), tf.sub(1, x)]],
  ['attributes', (x: tf.Tensor) => [tf.softmax(x), tf.softmax(tf.transpose(x)), tf.transpose(x)]],
  ['sizes', (x: tf.Tensor) => [tf.slice(x, [0, 0], [-1, 2]), tf.slice(x, [0, 2], [-1, 2])]],
  ['symbolic sizes', (x: tf.Tensor) => [tf.zeros([x.shape[0]!]), tf.zeros([x.shape[0]! + 1])]],
  ['the type of equal constants', (x: tf.Tensor) => [tf.mul(x, tf.scalar(0)), tf.scalar(0, 'int32')]],
  ['the shape of equal constants', (x: tf.Tensor) => [x, tf.tensor([1, 2], [2, 1]), tf.tensor([1, 2], [1, 2])]],
  ['infinities and NaN', (x: tf.Tensor) => [Infinity, -Infinity, NaN, 0, -0].map((value) => tf.fill(x.shape, value))],
])('what differs in %s is not shared', async (_, f) => {
  const graph = graphOf(f, specs);
  const shared = shareCommonSubexpressions(graph);
  const outputs = (g: typeof graph): number => new Set(g.outputs.map(({ id }) => id)).size;
  expect(outputs(shared)).toBe(outputs(graph));
  await expectSameResults(shared, graph, specs, directory);
});

test('outputs that become one value, and outputs that are equal constants', async () => {
  const graph = graphOf((x) => [tf.neg(x), tf.neg(x), tf.scalar(2), tf.scalar(2), x], specs);
  const shared = dropDeadCode(shareCommonSubexpressions(graph));
  expect(ops(shared)).toEqual(['Neg']);
  expect(shared.outputs[0]).toBe(shared.outputs[1]);
  expect(shared.constants.size).toBe(1);
  await expectSameResults(shared, graph, specs, directory);
});

test('every output of a shared node is shared', async () => {
  const graph = graphOf((x) => [...tf.split(x, 2, 1), tf.split(x, 2, 1)[1]!], specs);
  const shared = shareCommonSubexpressions(graph);
  expect(ops(shared)).toEqual(['Split']);
  expect(shared.outputs[2]).toBe(shared.outputs[1]);
  await expectSameResults(shared, graph, specs, directory);
});
