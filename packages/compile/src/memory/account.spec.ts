import { expect, test } from '@jest/globals';
import { checkpoint } from '../ops/checkpoint.ts';
import { floats } from '../testing/kernel-cases/kernel-case.ts';
import { graphOf, ops } from '../testing/graphs.ts';
import { N } from '../testing/both.ts';
import { tf } from '../tf.ts';
import { accountMemory } from './account.ts';
import { executionOrder } from './execution-order.ts';
import { memoryOf } from './memory-of.ts';

const MATRIX_BYTES = 4 * 10 * 10;

/** The account of a function of 10 x 10 matrices. */
function account(f: (...all: tf.Tensor[]) => tf.Tensor[], count = 1): ReturnType<typeof memoryOf> {
  return memoryOf(f, { inputs: Array.from({ length: count }, () => floats(N, 10)) as never, sizes: { N: 10 } });
}

test('a value is there from its node to its last reader', () => {
  // Softmax makes a second matrix beside its operand's, which then goes; cos writes a third beside it.
  const { activations, inputs, outputs } = account((x) => [tf.cos(tf.softmax(tf.sin(x!)))]);
  expect([activations, inputs, outputs]).toEqual([2 * MATRIX_BYTES, MATRIX_BYTES, MATRIX_BYTES]);
});

test('a value that is read at the end stays until then', () => {
  const { activations } = account((x) => {
    const first = tf.sin(x!);
    return [tf.softmax(tf.add(tf.cos(tf.softmax(first)), first))];
  });
  expect(activations).toBe(3 * MATRIX_BYTES);
});

test('elementwise results go in the place of what ends there, reshapes take nothing', () => {
  expect(account((x) => [tf.reshape(tf.tanh(tf.mul(tf.sin(x!), 2)), [-1])]).activations).toBe(MATRIX_BYTES);
});

test('an input, a value still to be read and a result are not overwritten', () => {
  expect(account((x) => [tf.tanh(x!)]).activations).toBe(MATRIX_BYTES);
  expect(
    account((x) => {
      const first = tf.sin(x!);
      return [tf.tanh(first), tf.square(first), first];
    }).activations,
  ).toBe(3 * MATRIX_BYTES);
});

test('what is written last is run first', () => {
  const graph = graphOf((x) => [tf.add(tf.sin(x), tf.cos(x)), tf.abs(x)], [floats(N, 10)]);
  expect(ops(graph)).toEqual(['Sin', 'Cos', 'Add', 'Abs']);
  expect(executionOrder(graph).map(({ op }) => op)).toEqual(['Abs', 'Cos', 'Sin', 'Add']);
});

test('checkpoints lower the peak of a deep function', () => {
  const layers = 12;
  const f = (x: tf.Tensor, ...weights: tf.Tensor[]): tf.Tensor[] => {
    const loss = (...own: tf.Tensor[]): tf.Scalar => {
      let hidden = x;
      for (const weight of own) {
        hidden = checkpoint(hidden);
        for (let i = 0; i < 4; i++) hidden = tf.tanh(tf.matMul(hidden as tf.Tensor2D, weight as tf.Tensor2D));
      }
      return tf.sum(hidden);
    };
    return [
      tf.concat1d(
        tf
          .grads(loss)(weights)
          .map((gradient) => tf.reshape(gradient, [-1])) as tf.Tensor1D[],
      ),
    ];
  };
  const inputs = [floats(N, 10), ...Array.from({ length: layers }, () => floats(10, 10))] as never;
  const [kept, again] = [false, true].map((recompute) => memoryOf(f, { inputs, sizes: { N: 1000 }, recompute }));
  // 48 hidden states, against 12 and one layer's four, and a few beside them.
  const state = 4 * 1000 * 10;
  expect(kept!.activations).toBeGreaterThan(48 * state);
  expect(again!.activations).toBeLessThan(24 * state);
});

test('a value is counted by its bytes', () => {
  expect(accountMemory(graphOf((x) => tf.sin(x), [floats(3)])).activations).toBe(12);
});
