import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  compile,
  detach,
  float32,
  frozen,
  gelu,
  int32,
  layerNorm,
  maskWindow,
  headLayout,
  headsToRows,
  rowsToHeads,
  takeRows,
  tf,
  type HostTensor,
  type TensorSpec,
} from './index.ts';
import { both, cpu, expectClose, N, randomInput, S, type BothResults, type TensorFunction } from './testing/both.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const cacheDirectory = temporaryFolder();
const random = (shape: number[], name = 'x'): HostTensor => randomInput({ dtype: 'float32', shape }, {}, name);

/** Both ways of running f on one set of inputs: compiled and eager. */
const once = async (f: TensorFunction, specs: TensorSpec[], args: HostTensor[]): Promise<BothResults> =>
  (await both(f, specs, [args], cacheDirectory))[0]!;

describe('compile', () => {
  test('one graph serves every size, value and gradient', async () => {
    const f = (x: tf.Tensor, w: tf.Tensor): tf.Tensor[] => {
      const loss = (w: tf.Tensor): tf.Scalar => {
        const y = gelu(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D, false, true));
        return tf.mean(
          tf.sum(tf.square(layerNorm(y as tf.Tensor2D, tf.ones([3]), tf.zeros([3]), 1e-5)), 0),
        ) as tf.Scalar;
      };
      const { value, grad } = tf.valueAndGrad(loss as never)(w);
      return [value, grad];
    };
    const specs: TensorSpec[] = [
      { dtype: 'float32', shape: [N, 4] },
      { dtype: 'float32', shape: [3, 4] },
    ];
    const calls = [1, 5, 17].map((n) => [random([n, 4]), random([3, 4], 'w')]);
    for (const { compiled, eager } of await both(f, specs, calls, cacheDirectory)) expectClose(compiled, eager, 2e-5);
  });

  test('packed rows go to heads and back with exact gradients', async () => {
    const toPadded = int32([0, 1, 3, 2, 3, 3], [6]);
    const toPacked = int32([0, 1, 3], [3]);
    const f = (x: tf.Tensor, a: tf.Tensor, b: tf.Tensor, rows: tf.Tensor, back: tf.Tensor): tf.Tensor[] => {
      const loss = (x: tf.Tensor): tf.Scalar => {
        const layout = headLayout(a as tf.Tensor1D, b as tf.Tensor1D, 2);
        const packed = headsToRows(tf.square(rowsToHeads(x as tf.Tensor2D, layout)), layout);
        const first = takeRows(packed, rows as tf.Tensor1D, back as tf.Tensor1D);
        return tf.add(tf.sum(tf.mul(packed, 3)), tf.sum(tf.square(first))) as tf.Scalar;
      };
      const { value, grad } = tf.valueAndGrad(loss as never)(x);
      return [value, grad];
    };
    const specs: TensorSpec[] = [
      { dtype: 'float32', shape: [N, 2] },
      { dtype: 'int32', shape: [{ symbol: 'S', times: 2 }] },
      { dtype: 'int32', shape: [N] },
      { dtype: 'int32', shape: [2] },
      { dtype: 'int32', shape: [N] },
    ];
    const mask = { dtype: 'float32', shape: [S] } as const;
    const withSize = (...args: tf.Tensor[]): tf.Tensor[] => [
      ...f(...(args.slice(0, 5) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor])),
      tf.sum(args[5]!),
    ];
    const args = [
      random([3, 2]),
      toPadded,
      toPacked,
      int32([0, 2], [2]),
      int32([0, 2, 1], [3]),
      float32([0, 0, 0], [3]),
    ];
    const { compiled, eager } = await once(withSize, [...specs, mask], args);
    expectClose(compiled, eager);
    // With y = x² row by row the loss is Σ 3y + Σ y² over the first rows, 0 and 2: dx = 2x (3 + 2y) there, 6x elsewhere.
    const x = args[0]!.data;
    const expected = Array.from(x, (v, i) => 2 * v * (3 + (i >= 2 && i < 4 ? 0 : 2 * v * v)));
    expected.forEach((value, i) => expect(compiled[1]!.data[i]).toBeCloseTo(value, 4));
  });

  test('a frozen leaf is mapped from its file and its values can be read while tracing', async () => {
    const file = join(cacheDirectory, 'weights');
    writeFileSync(file, new Uint8Array(Float32Array.of(9, 1, 2, 3, 4, 5, 6).buffer));
    const source = { name: 'w', file, offset: 4, shape: [2, 3] };
    const f = (x: tf.Tensor): tf.Tensor => {
      const norm = Math.hypot(...frozen(source).dataSync());
      return tf.mul(tf.matMul(x as tf.Tensor2D, frozen(source) as tf.Tensor2D, false, true), 1 / norm);
    };
    const { compiled, eager } = await once(f, [{ dtype: 'float32', shape: [N, 3] }], [random([4, 3])]);
    expectClose(compiled, eager);
  });

  test('a dropout window starts at its offset and may have a size quadratic in the symbols', async () => {
    const pool = Float32Array.from({ length: 16384 }, (_, i) => i);
    const big = (offsets: tf.Tensor, x: tf.Tensor): tf.Tensor =>
      maskWindow(tf.tensor1d(pool), offsets as tf.Tensor1D, 1, [2, x.shape[0]!, x.shape[0]!]);
    const specs: TensorSpec[] = [
      { dtype: 'int32', shape: [2] },
      { dtype: 'float32', shape: [S] },
    ];
    const { compiled, eager } = await once(big, specs, [int32([1, 7], [2]), random([3])]);
    expect(Array.from(compiled[0]!.data)).toEqual(Array.from({ length: 18 }, (_, i) => i + 7));
    expectClose(compiled, eager);
  });

  test('detach stops the gradient', async () => {
    const f = (x: tf.Tensor): tf.Tensor => tf.grad((x: tf.Tensor) => tf.sum(tf.mul(x, detach(tf.square(x)))))(x);
    const { compiled, eager } = await once(f, [{ dtype: 'float32', shape: [3] }], [float32([1, 2, 3], [3])]);
    expect(Array.from(compiled[0]!.data)).toEqual([1, 4, 9]);
    expectClose(compiled, eager);
  });
});

describe('errors name the operation and the remedy', () => {
  const x = { dtype: 'float32', shape: [N, 4] } as const;
  const compiled = (f: (x: tf.Tensor) => tf.Tensor): Promise<unknown> =>
    compile(f as never, { name: 'f', inputs: [x] as never, device: cpu, cacheDirectory });

  test.each([
    ['an unsupported kernel', (x: tf.Tensor) => tf.einsum('ij,kj->ik', x, x), /Einsum.*\[.*4\].*matMul/s],
    ['a traced value read', (x: tf.Tensor) => tf.scalar(x.dataSync()[0]!), /values of a traced tensor \[\d+, 4\]/],
    ['a constant of the batch', (x: tf.Tensor) => tf.mul(x, x.shape[0]!), /other values at other sizes.*input/],
    [
      'control flow on sizes',
      (x: tf.Tensor) => (x.shape[0]! > 60 ? tf.neg(tf.neg(x)) : x),
      /control flow depends on the sizes/,
    ],
  ])('%s', async (_, f, message) => {
    await expect(compiled(f)).rejects.toThrow(message);
  });

  test('an input of another shape', async () => {
    const run = await compile((a: tf.Tensor) => tf.neg(a), {
      name: 'negate',
      inputs: [x],
      device: cpu,
      cacheDirectory,
    });
    await expect(run(float32([1, 2, 3], [1, 3]))).rejects.toThrow(
      'negate: the input 0 is float32 [1, 3]; expected 0, float32 [1·N, 4].',
    );
    await run.dispose();
  });

  test('the backend in use before is back after an error', async () => {
    await tf.setBackend('cpu');
    await expect(compiled((x) => tf.scalar(x.dataSync()[0]!))).rejects.toThrow();
    expect(tf.getBackend()).toBe('cpu');
  });
});
