import { expect, test } from '@jest/globals';
import { needs } from '../../../test/needs/needs.ts';
import { compile } from './compile.ts';
import { float32 } from './host.ts';
import { eagerCpu } from './testing/both.ts';
import { floats } from './testing/kernel-cases/kernel-case.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { tf } from './tf.ts';

const cacheDirectory = temporaryFolder();
const options = { name: 'f', inputs: [floats(2)] as [ReturnType<typeof floats>], cacheDirectory };

/** tfjs-node-gpu downloads its library from outside the registry, so it is nobody's dependency. */
function isInstalled(module: string): boolean {
  try {
    import.meta.resolve(module);
    return true;
  } catch {
    return false;
  }
}

const absent = needs(isInstalled('@tensorflow/tfjs-node-gpu') ? 'tfjs-node-gpu is installed' : null);

absent.test('a backend whose package is missing is refused, with the package and the remedy', async () => {
  const device = { ...eagerCpu, device: 'tfjs-node-gpu' as const };
  await expect(compile((x: tf.Tensor) => tf.neg(x), { ...options, device })).rejects.toThrow(
    /^The device tfjs-node-gpu needs the package @tensorflow\/tfjs-node-gpu, which could not be loaded \(.+\)\. To get it: .+build-tfjs-node\.sh --gpu \(docs\/devices\.md\)\. Or use --device cpu\.$/,
  );
});

test('no tensor is left behind by a call', async () => {
  const run = await compile((x: tf.Tensor) => [tf.neg(x), tf.exp(tf.sin(x))], { ...options, device: eagerCpu });
  await run(float32([1, 2], [2]));
  const before = tf.memory().numTensors;
  await run(float32([1, 2], [2]));
  expect(tf.memory().numTensors).toBe(before);
});

test('an input returned as it is, and a tensor returned twice', async () => {
  const run = await compile((x: tf.Tensor) => ((y) => [x, y, y])(tf.neg(x)), { ...options, device: eagerCpu });
  const results = await run(float32([1, 2], [2]));
  expect(results.map(({ data }) => [...data])).toEqual([
    [1, 2],
    [-1, -2],
    [-1, -2],
  ]);
});
