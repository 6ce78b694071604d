import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { CompileError } from './errors.ts';
import { readWeights } from './frozen-source.ts';
import { disposeFrozen, frozen } from './frozen.ts';
import { both, N } from './testing/both.ts';
import { graphOf } from './testing/graphs.ts';
import { floats } from './testing/kernel-cases/kernel-case.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { float32 } from './host.ts';
import { tf } from './tf.ts';

const folder = temporaryFolder();
const file = join(folder, 'weights');
const source = { name: 'w', file, offset: 8, shape: [2, 2] };

beforeEach(async () => {
  writeFileSync(file, new Uint8Array(Float32Array.of(0, 0, 1, 2, 3, 4).buffer));
  disposeFrozen();
  await tf.setBackend('cpu');
});
afterAll(disposeFrozen);

test('on an eager backend it is a tensor that is read once, outlives tidy and is released', () => {
  const before = tf.memory().numTensors;
  const [first, second] = [tf.tidy(() => frozen(source)), frozen(source)];
  expect(second).toBe(first);
  expect(Array.from(first.dataSync())).toEqual([1, 2, 3, 4]);
  disposeFrozen();
  expect(tf.memory().numTensors).toBe(before);
});

test('while tracing it is one leaf for one place, and another for another', () => {
  const graph = graphOf(
    (x) => tf.add(tf.matMul(x, frozen(source)), frozen({ ...source, offset: 16, shape: [2] })),
    [floats(N, 2)],
  );
  expect([...graph.frozen.values()].map((leaf) => leaf.source.offset)).toEqual([8, 16]);
  const twice = graphOf((x) => tf.matMul(tf.matMul(x, frozen(source)), frozen(source)), [floats(N, 2)]);
  expect(twice.frozen.size).toBe(1);
});

test('it may be the result itself', async () => {
  const results = await both((x) => [frozen(source), x], [floats(N)], [[float32([5], [1])]], folder);
  expect(results[0]!.compiled).toEqual(results[0]!.eager);
});

test('a truncated file is named, with the tensor, the place and the remedy', () => {
  writeFileSync(file, new Uint8Array(20));
  for (const read of [() => readWeights(source), () => frozen(source)]) {
    expect(read).toThrow(CompileError);
    expect(read).toThrow(
      `${file}: the file ends inside the tensor w [2, 2] at byte 20. The file is truncated or was changed while in use: fetch it again.`,
    );
  }
});

test('a truncated file is refused by a compiled function too', async () => {
  writeFileSync(file, new Uint8Array(20));
  const compiled = both((x) => tf.matMul(x, frozen(source)), [floats(N, 2)], [], folder);
  await expect(compiled).rejects.toThrow(CompileError);
});
