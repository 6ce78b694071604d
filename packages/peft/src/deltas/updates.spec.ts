/** Every update against its dense matrix: products, norms, inner products, scaled ones, and their gradients. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { key, normal, sizeOf, tf } from '@lomap/compile';
import type { Along, Constants, Delta, DeltaFamily, MatrixShape } from '@lomap/map';
import { weightOf } from '@lomap/map/testing';
import { adaloraFamily } from '../methods/adalora/delta.ts';
import { deloraFamily } from '../methods/delora/delta.ts';
import { edoraFamily } from '../methods/edora/delta.ts';
import { floraFamily } from '../methods/flora/delta.ts';
import { lieraFamily } from '../methods/liera/delta.ts';
import { lohaFamily } from '../methods/loha/delta.ts';
import { loraFamily } from '../methods/lora/delta.ts';
import { pissaFamily } from '../methods/lora/pissa.ts';
import { lokrFamily } from '../methods/lokr/delta.ts';
import { lotrFamily } from '../methods/lotr/delta.ts';
import { veraFamily } from '../methods/vera/delta.ts';

beforeAll(() => tf.setBackend('cpu'));

const wide: MatrixShape = { out: 6, in: 8 };
const tall: MatrixShape = { out: 8, in: 6 };
const constants: Constants = { shared: (_, make) => make() };
const families: [string, DeltaFamily][] = [
  ['lora', loraFamily({ rank: 2, startOfB: 'kaiming' })],
  ['loha, factored', lohaFamily({ rank: 1, start: 'kaiming' })],
  ['loha, dense', lohaFamily({ rank: 2, start: 'kaiming' })],
  ['lokr', lokrFamily({ rank: 1, start: 'kaiming' })],
  ['lokr, whole', lokrFamily({ rank: 8, start: 'kaiming' })],
  ['lokr, both', lokrFamily({ rank: 1, start: 'kaiming', decomposeBoth: true, decomposeFactor: 4 })],
  ['vera', veraFamily({ rank: 3, start: 'ones', projectionPrngKey: 0, dInitial: 0.1, modules: [wide, tall] })],
  ['delora', deloraFamily({ rank: 2, start: 'kaiming', lambda: 3, learnsLambda: true })],
  ['delora, frozen λ', deloraFamily({ rank: 2, start: 'kaiming', lambda: 3, learnsLambda: false })],
  ['flora', floraFamily({ rank: 2, start: 'gaussian' })],
  ['pissa', pissaFamily({ rank: 2, scaling: 1.5, learningRateRatio: 1 })],
  ['edora', edoraFamily({ rank: 2, start: 'gaussian' })],
  ['liera', lieraFamily({ rank: 2, start: 'kaiming' })],
  ['lotr', lotrFamily({ rank: 2, start: 'gaussian' })],
  ['adalora', adaloraFamily({ rank: 3, orthRegWeight: 0, matrices: 1 })],
];
const cells = families.flatMap(([name, family]) => [wide, tall].map((shape) => ({ name, family, shape })));
const alongs: Along[] = ['global', 'row', 'column'];

const total = (matrix: tf.Tensor, along: Along): tf.Tensor =>
  along === 'global' ? tf.sum(matrix) : tf.sum(matrix, along === 'row' ? 1 : 0);

/** A scalar of a tensor that tells its entries apart. */
const weighted = (x: tf.Tensor): tf.Scalar => tf.sum(tf.mul(tf.reshape(x, [-1]), tf.linspace(1, 2, x.size)));

function expectClose(actual: tf.Tensor, expected: tf.Tensor | ArrayLike<number>, tolerance = 1e-5): void {
  const values = 'dataSync' in expected ? expected.dataSync() : expected;
  const found = actual.dataSync();
  expect(found.length).toBe(values.length);
  const scale = Math.max(...Array.from(values, Math.abs), 1e-6);
  expect(Math.max(...found.map((value, i) => Math.abs(value - values[i]!))) / scale).toBeLessThan(tolerance);
}

describe.each(cells)('$name, $shape.out x $shape.in', ({ family, shape }) => {
  const w = weightOf(shape);
  const specs = family.params(w);
  // Away from the start, so that no two tensors are alike.
  const host = Object.fromEntries(
    specs.map(({ name, shape: s, init }) => {
      const noise = normal(key(3, name), sizeOf(s), 0.1, 0.3);
      return [name, init(key(2, name)).map((value, i) => value + noise[i]!)] as const;
    }),
  );
  const tensors = (): tf.Tensor[] => specs.map(({ name, shape: s }) => tf.tensor(host[name]!, [...s]));
  const bound = (given = tensors()): Delta =>
    family.bind(w, Object.fromEntries(specs.map(({ name }, i) => [name, given[i]!])), constants);
  const x = (): tf.Tensor2D => tf.tensor2d(normal(key(1, 'x'), 3 * shape.in), [3, shape.in]);

  test('dense is the float64 matrix of the host, and products with x are its', () => {
    expectClose(bound().dense(), family.dense(w, host));
    expectClose(bound().apply(x()), tf.matMul(x(), bound().dense(), false, true));
  });

  const scales: [Along, () => tf.Tensor | number][] = [
    ['global', () => tf.scalar(-1.5)],
    ['row', () => tf.linspace(1, 2, shape.out)],
    ['column', () => tf.linspace(-1, 2, shape.in)],
  ];
  test('norms and inner products along everything, scaled and not, and their gradients, are the dense ones', () => {
    for (const [scaledAlong, by] of [['global', () => 1] as const, ...scales]) {
      for (const along of alongs) {
        const scaled = (given: tf.Tensor[]): Delta => bound(given).scale(by(), scaledAlong);
        const factor = (): tf.Tensor | number =>
          scaledAlong === 'row' ? tf.reshape(by() as tf.Tensor, [-1, 1]) : by();
        const dense = (given: tf.Tensor[]): tf.Tensor => tf.mul(bound(given).dense(), factor());
        const pairs: [(given: tf.Tensor[]) => tf.Tensor, (given: tf.Tensor[]) => tf.Tensor][] = [
          [(given) => scaled(given).squaredNorm(along), (given) => total(tf.square(dense(given)), along)],
          [(given) => scaled(given).inner(w, along), (given) => total(tf.mul(w.tensor(), dense(given)), along)],
        ];
        if (along === 'global') {
          pairs.push([(given) => scaled(given).apply(x()), (given) => tf.matMul(x(), dense(given), false, true)]);
        }
        for (const [actual, expected] of pairs) {
          expectClose(actual(tensors()), expected(tensors()));
          const gradients = (f: (given: tf.Tensor[]) => tf.Tensor): tf.Tensor[] =>
            tf.grads((...given) => weighted(f(given)))(tensors());
          const references = gradients(expected);
          gradients(actual).forEach((gradient, i) => expectClose(gradient, references[i]!, 2e-4));
        }
      }
    }
  });

  test('scaled twice is scaled by both', () => {
    const [rows, columns] = [tf.linspace(1, 2, shape.out), tf.linspace(2, 1, shape.in)];
    const twice = bound().scale(rows, 'row').scale(columns, 'column');
    const dense = tf.mul(tf.mul(bound().dense(), tf.reshape(rows, [-1, 1])), columns);
    expectClose(twice.dense(), dense);
    expectClose(twice.apply(x()), tf.matMul(x(), dense, false, true));
    for (const along of alongs) expectClose(twice.squaredNorm(along), total(tf.square(dense), along));
  });
});
