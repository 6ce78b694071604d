import { expect, test } from '@jest/globals';
import { N, type TensorFunction } from '../testing/both.ts';
import { expectSameResults, graphOf, ops } from '../testing/graphs.ts';
import { floats } from '../testing/kernel-cases/kernel-case.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { tf } from '../tf.ts';
import { limitOutputs } from './few-outputs.ts';

const directory = temporaryFolder();

async function limited(f: TensorFunction, inputs: ReturnType<typeof floats>[]): Promise<string[]> {
  const graph = graphOf(f, inputs);
  const result = limitOutputs(graph);
  await expectSameResults(result, graph, inputs, directory);
  return ops(result);
}

test('a split of a vector into many unequal parts is a slice for each', async () => {
  const sizes = [1, 2, 3, 1, 2, 3, 1, 2];
  expect(await limited((x) => tf.split(x, sizes), [floats(15)])).toEqual(Array(8).fill('Slice'));
});

test('along an axis of a matrix whose other size is a symbol', async () => {
  expect(await limited((x) => tf.split(x, 9, 1), [floats(N, 18)])).toEqual(Array(9).fill('Slice'));
});

test('a split into few parts stays', async () => {
  expect(await limited((x) => tf.split(x, [5, 10]), [floats(15)])).toEqual(['Split']);
});
