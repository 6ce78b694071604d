import { expect, test } from '@jest/globals';
import { MATRIX, VECTOR } from '../testing/kernel-cases/kernel-case.ts';
import { expectSameResults, graphOf, ops } from '../testing/graphs.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { tf } from '../tf.ts';
import { gradientsFirst } from './gradients-first.ts';

const directory = temporaryFolder();

test('what is made first is written last before its Concat, and a part with another reader stays', async () => {
  const specs = [MATRIX, VECTOR];
  const graph = graphOf((x, y) => {
    const first = tf.sin(x);
    const second = tf.cos(first);
    const third = tf.reshape(tf.tanh(second), [-1]);
    const all = tf.concat1d([tf.reshape(second, [-1]), third, tf.reshape(first, [-1])] as tf.Tensor1D[]);
    return [all, tf.neg(third), tf.abs(y)];
  }, specs);
  expect(ops(graph)).toEqual(['Sin', 'Cos', 'Tanh', 'Reshape', 'Reshape', 'Reshape', 'Concat', 'Neg', 'Abs']);
  const ordered = gradientsFirst(graph);
  expect(ops(ordered)).toEqual(ops(graph));
  const [third, second, first] = [3, 4, 5].map((i) => graph.nodes[i]!);
  expect(ordered.nodes.slice(3, 6)).toEqual([third, second, first]);
  const reversed = gradientsFirst({ ...graph, nodes: graph.nodes.with(4, first!).with(5, second!) });
  expect(reversed.nodes).toEqual(ordered.nodes);
  await expectSameResults(ordered, graph, specs, directory, 0);
});
