import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { compile, float32, frozen, gelu, layerNorm, onnxRuntimeVersion, tf, type DeviceOptions } from './index.ts';
import { openOptimized } from './optimized-model.ts';
import { cpu, N, randomInput } from './testing/both.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const folder = temporaryFolder();
const weights = join(folder, 'weights.bin');
writeFileSync(
  weights,
  new Uint8Array((randomInput({ dtype: 'float32', shape: [24] }, {}, 'w').data as Float32Array).buffer),
);
let cacheDirectory: string;
let count = 0;
beforeEach(() => {
  cacheDirectory = join(folder, `cache-${count++}`);
});

/** What ONNX Runtime has much to optimise in: value and gradient of a small network. */
async function run(device: DeviceOptions = cpu, recompute = false): Promise<number[]> {
  const w = (): tf.Tensor2D => frozen({ name: 'w', file: weights, offset: 0, shape: [6, 4] }) as tf.Tensor2D;
  const loss = (x: tf.Tensor): tf.Scalar => {
    const y = gelu(tf.add(tf.matMul(x as tf.Tensor2D, w(), false, true), tf.ones([6])));
    const normal = layerNorm(tf.matMul(y as tf.Tensor2D, w()) as tf.Tensor2D, tf.ones([4]), tf.zeros([4]), 1e-5);
    return tf.sum(tf.mul(tf.softmax(normal), x)) as tf.Scalar;
  };
  const f = (x: tf.Tensor2D): tf.Tensor[] => {
    const { value, grad } = tf.valueAndGrad(loss as never)(x);
    return [value, grad];
  };
  const inputs: [{ dtype: 'float32'; shape: [typeof N, number] }] = [{ dtype: 'float32', shape: [N, 4] }];
  const compiled = await compile(f, { name: 'f', inputs, device, cacheDirectory, recompute });
  const results = await compiled(
    float32(randomInput({ dtype: 'float32', shape: [5, 4] }, {}, 'x').data as Float32Array, [5, 4]),
  );
  await compiled.dispose();
  return results.flatMap(({ data }) => [...data]);
}

const files = (): string[] => readdirSync(join(cacheDirectory, 'graphs')).sort();
const entry = (): string =>
  join(
    cacheDirectory,
    'graphs',
    files().find((name) => name.endsWith('.json'))!,
  );

test('a graph whose order of nodes saves memory is always opened as it was written', async () => {
  await run(cpu, true);
  expect(files().map((name) => name.replace(/^.*\./, '.'))).toEqual(['.onnx', '.bin']);
});

test.each(['basic', 'extended', 'all'] as const)(
  'optimised at level %s once, computes the same bits',
  async (level) => {
    const first = await run({ ...cpu, optimizationLevel: level });
    const kept = files();
    expect(kept.filter((name) => name.endsWith('.onnx'))).toHaveLength(2);
    expect(kept.filter((name) => name.endsWith('.json'))).toHaveLength(1);
    expect(await run({ ...cpu, optimizationLevel: level })).toEqual(first);
    expect(files()).toEqual(kept);
  },
);

test('is opened as it stands, and by another version of ONNX Runtime optimised anew', async () => {
  await run();
  const directory = join(cacheDirectory, 'graphs');
  const original = basename(entry()).slice(0, 32);
  const opened: [string, string][] = [];
  const create = (file: string, { optimizationLevel }: DeviceOptions): Promise<never> => {
    opened.push([basename(file), optimizationLevel]);
    return Promise.reject(new Error('no memory'));
  };
  await expect(openOptimized(original, directory, cpu, 'another version', create)).rejects.toThrow('no memory');
  expect(opened.splice(0)).toEqual([[`${original}.onnx`, 'all']]);
  await expect(openOptimized(original, directory, cpu, onnxRuntimeVersion(), create)).rejects.toThrow('no memory');
  expect(opened).toEqual([
    [optimizedName(), 'disabled'],
    [`${original}.onnx`, 'all'],
  ]);
  expect(optimizedName()).not.toBe(`${original}.onnx`);
});

test('levels are kept apart, and without optimisation nothing is kept', async () => {
  await run({ ...cpu, optimizationLevel: 'disabled' });
  expect(files().filter((name) => !name.endsWith('.bin'))).toHaveLength(1);
  await run({ ...cpu, optimizationLevel: 'all' });
  await run({ ...cpu, optimizationLevel: 'basic' });
  expect(files().filter((name) => name.endsWith('.json'))).toHaveLength(2);
});

test.each([
  ['entry', (): string => entry()],
  ['model', (): string => join(cacheDirectory, 'graphs', optimizedName())],
])('a damaged %s is made anew', async (_, file) => {
  const first = await run();
  const kept = files();
  const content = readFileSync(file());
  writeFileSync(file(), content.subarray(0, content.length - 9));
  expect(await run()).toEqual(first);
  expect(files()).toEqual(kept);
  expect(readFileSync(file())).toEqual(content);
  rmSync(file());
  expect(await run()).toEqual(first);
  expect(files()).toEqual(kept);
});

function optimizedName(): string {
  const { content } = JSON.parse(readFileSync(entry(), 'utf8')) as { content: string };
  return `${(JSON.parse(content) as { name: string }).name}.onnx`;
}
