/** The ops that decoders are made of: against plain TensorFlow.js, whose gradients are its own, eager and compiled. */
import { expect, test } from '@jest/globals';
import type { HostTensor } from '../host.ts';
import { rmsNorm, rotary, swiglu, tf, type TensorSpec } from '../index.ts';
import { both, expectClose, N, randomInput, type TensorFunction } from '../testing/both.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

const cacheDirectory = temporaryFolder();
const floats = (...shape: TensorSpec['shape']): TensorSpec => ({ dtype: 'float32', shape });

/** Σ f(inputs) ∘ weights, with its gradients by the first `count` inputs. */
function withGradients(f: TensorFunction, count: number): TensorFunction {
  return (...inputs) => {
    const fixed = inputs.slice(count);
    const loss = (...own: tf.Tensor[]): tf.Scalar => {
      const y = f(...own, ...fixed) as tf.Tensor;
      return tf.sum(tf.mul(y, tf.sin(tf.mul(y, 3))));
    };
    const { value, grads } = tf.valueAndGrads(loss)(inputs.slice(0, count));
    return [f(...inputs) as tf.Tensor, value, ...grads];
  };
}

async function expectSame(own: TensorFunction, plain: TensorFunction, specs: TensorSpec[], count: number) {
  const calls = [1, 6].map((n) => specs.map((spec, i): HostTensor => randomInput(spec, { N: n }, `${i}`)));
  const [ours, reference] = [
    await both(withGradients(own, count), specs, calls, cacheDirectory),
    await both(withGradients(plain, count), specs, calls, cacheDirectory),
  ];
  expect(ours).toHaveLength(calls.length);
  ours.forEach(({ compiled, eager }, i) => {
    expectClose(eager, reference[i]!.eager, 1e-5);
    expectClose(compiled, eager, 1e-5);
  });
}

test('rmsNorm', async () => {
  const plain: TensorFunction = (x, gamma) =>
    tf.mul(tf.div(x!, tf.sqrt(tf.add(tf.div(tf.sum(tf.square(x!), 1, true), 5), 1e-3))), gamma!);
  const own: TensorFunction = (x, gamma) => rmsNorm(x as tf.Tensor2D, gamma as tf.Tensor1D, 1e-3);
  await expectSame(own, plain, [floats(N, 5), floats(5)], 2);
});

test('swiglu', async () => {
  const plain: TensorFunction = (gate, up) => tf.mul(tf.div(gate!, tf.add(1, tf.exp(tf.neg(gate!)))), up!);
  const own: TensorFunction = (gate, up) => swiglu(gate!, up!);
  await expectSame(own, plain, [floats(N, 4), floats(N, 4)], 2);
});

test('rotary', async () => {
  const heads = 2;
  const plain: TensorFunction = (x, angles) => {
    const wide = tf.reshape(tf.concat([angles!, angles!], 1), [-1, 1, 6]);
    const rows = tf.reshape(x!, [-1, heads, 6]);
    const [a, b] = tf.split(rows, 2, 2) as [tf.Tensor, tf.Tensor];
    const turned = tf.add(tf.mul(rows, tf.cos(wide)), tf.mul(tf.concat([tf.neg(b), a], 2), tf.sin(wide)));
    return tf.reshape(turned, [-1, heads * 6]);
  };
  const own: TensorFunction = (x, angles) =>
    rotary(x as tf.Tensor2D, tf.cos(angles as tf.Tensor2D), tf.sin(angles as tf.Tensor2D), heads);
  await expectSame(own, plain, [floats(N, 12), floats(N, 3)], 1);
});
