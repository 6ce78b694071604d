/** Updates in a graph for every number of tokens: the batch's tokens N are a symbol, as in training. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compile, float32, key, normal, sizeOf, tf } from '@lomap/compile';
import { adapt } from '../adapt.ts';
import { methodDefaults } from '../registry.ts';
import { plainContext, tinyForward, tinyModel } from '../testing/tiny-model.ts';

beforeAll(() => tf.setBackend('cpu'));
const cacheDirectory = mkdtempSync(join(tmpdir(), 'lomap-lengths-'));
afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }));

describe.each([
  'loha',
  'lokr',
  'vera',
  'delora',
  'liera',
  'ia3',
  'bora',
  'lotr',
  'adalora',
  'map+lokr',
  'dora+lokr',
  'bora+lokr',
])('%s', (name) => {
  test('compiled for any N equals eager: outputs and gradients at two lengths', async () => {
    const defaults = methodDefaults(name);
    const targetModules = ['query', 'dense'];
    const rank = defaults.rank === null ? null : 1;
    const adaptation = adapt(tinyModel, { ...defaults, rank, targetModules });
    const { specs } = adaptation;
    const f = (own: tf.Tensor[], x: tf.Tensor): { output: tf.Tensor; gradients: tf.Tensor[] } => {
      const output = (...given: tf.Tensor[]): tf.Tensor2D =>
        tinyForward(adaptation.context(given, plainContext()), x as tf.Tensor2D);
      return {
        output: output(...own),
        gradients: tf.grads((...given) => tf.sum(tf.square(output(...given))))(own),
      };
    };
    const inputs: Parameters<typeof compile<[tf.Tensor[], tf.Tensor], ReturnType<typeof f>>>[1]['inputs'] = [
      specs.map(({ shape }) => ({ dtype: 'float32' as const, shape })),
      { dtype: 'float32', shape: [{ symbol: 'N', times: 1 }, 5] },
    ];
    const forDevice = (device: 'cpu' | 'tfjs-cpu') =>
      compile(f, {
        name,
        inputs,
        device: { device, threads: 1, optimizationLevel: 'all', prepacking: true },
        cacheDirectory,
      });
    const [run, reference] = [await forDevice('cpu'), await forDevice('tfjs-cpu')];
    const own = specs.map(({ name: label, shape, init }) => {
      const noise = normal(key(3, label), sizeOf(shape), 0.1, 0.1);
      return float32(
        init(key(2, label)).map((value, i) => value + noise[i]!),
        shape,
      );
    });
    for (const n of [3, 7]) {
      const x = float32(normal(key(1, 'x'), n * 5), [n, 5]);
      const [actual, expected] = [await run(own, x), await reference(own, x)];
      expect(actual.output.shape).toEqual([n, 3]);
      [expected.output, ...expected.gradients].forEach((wanted, i) => {
        const found = [actual.output, ...actual.gradients][i]!;
        const scale = Math.max(1, ...Array.from(wanted.data, Math.abs));
        wanted.data.forEach((value, j) => expect(Math.abs(found.data[j]! - value) / scale).toBeLessThan(2e-4));
      });
    }
    await run.dispose();
    await reference.dispose();
  });
});
