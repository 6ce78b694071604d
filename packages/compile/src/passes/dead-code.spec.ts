import { expect, test } from '@jest/globals';
import { N } from '../testing/both.ts';
import { expectSameResults, graphOf, ops } from '../testing/graphs.ts';
import { floats } from '../testing/kernel-cases/kernel-case.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { tf } from '../tf.ts';
import { dropDeadCode } from './dead-code.ts';

const directory = temporaryFolder();

test('nodes and constants that no output needs go, with what only they read', async () => {
  const specs = [floats(N, 2)];
  const graph = graphOf((x) => {
    tf.exp(tf.mul(x, 3));
    return tf.add(tf.sin(x), 1);
  }, specs);
  const lean = dropDeadCode(graph);
  expect(ops(graph)).toEqual(['Mul', 'Exp', 'Sin', 'Add']);
  expect(ops(lean)).toEqual(['Sin', 'Add']);
  expect([graph.constants.size, lean.constants.size]).toEqual([2, 1]);
  await expectSameResults(lean, graph, specs, directory);
});

test('a node stays whole when one of its outputs is read', async () => {
  const specs = [floats(N, 4)];
  const graph = graphOf((x) => tf.split(x, [1, 3], 1)[1]!, specs);
  const lean = dropDeadCode(graph);
  expect(lean.nodes[0]!.outputs).toHaveLength(2);
  await expectSameResults(lean, graph, specs, directory);
});

test('unused inputs stay, and outputs may be inputs, constants, or one value twice', async () => {
  const specs = [floats(N, 2), floats(3), floats(N)];
  const graph = graphOf((x, _unused, y) => [x, tf.tensor1d([1, 2, 3]), y, y, tf.neg(x)], specs);
  const lean = dropDeadCode(graph);
  expect(lean.inputs).toHaveLength(3);
  expect(lean.constants.size).toBe(1);
  expect(ops(lean)).toEqual(['Neg']);
  await expectSameResults(lean, graph, specs, directory);
});

test('a graph that computes nothing is left alone', () => {
  const graph = graphOf((x) => x, [floats(N)]);
  expect(dropDeadCode(graph)).toEqual(graph);
});
