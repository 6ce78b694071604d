import { beforeAll, expect, test } from '@jest/globals';
import { tf } from '@lomap/compile';
import type { Constants, Delta } from '@lomap/map';
import { weightOf } from '@lomap/map/testing';
import { veraFamily } from './vera.ts';

beforeAll(() => tf.setBackend('cpu'));

const rank = 5;
const shape = { out: 6, in: 8 };
const w = weightOf(shape);
const family = veraFamily({ rank, start: 'ones', projectionPrngKey: 0, dInitial: 0.1, modules: [shape] });

/** Constants that a graph holds once, as an adaptation's. */
function sharing(): Constants {
  const made = new Map<string, tf.Tensor>();
  return { shared: (name, make) => made.get(name) ?? made.set(name, make()).get(name)! };
}

/** The shapes of what computing the gradients of λ_d and λ_b makes, the update being bound before. */
async function shapesMade(f: (delta: Delta) => tf.Tensor): Promise<string[]> {
  const constants = sharing();
  const own = [tf.fill([rank], 0.5), tf.fill([shape.out], 2)];
  const bind = (d: tf.Tensor, b: tf.Tensor): Delta => family.bind(w, { vera_lambda_d: d, vera_lambda_b: b }, constants);
  // What frozen tensors alone decide is there after the first time.
  tf.sum(f(bind(own[0]!, own[1]!)));
  const { kernels } = await tf.profile(() => tf.grads((d, b) => tf.sum(f(bind(d!, b!))))(own));
  return kernels.filter(({ name }) => name !== 'Identity').flatMap(({ outputShapes }) => outputShapes.map(String));
}

test('training makes no gradient of a whole projection, and no scaled copy of one', async () => {
  const made = await shapesMade((delta) => delta.apply(tf.ones([3, shape.in])));
  expect(made).toContain(`3,${rank}`);
  expect(made).not.toContain(`${rank},${shape.in}`);
  expect(made).not.toContain(`${shape.out},${rank}`);
});

test('norms are made without the Gram matrix of A again, and without anything as wide as A', async () => {
  for (const along of ['global', 'row'] as const) {
    const made = await shapesMade((delta) => delta.squaredNorm(along));
    expect(made).toContain(`${shape.out},${rank}`);
    expect(made).not.toContain(`${rank},${shape.in}`);
  }
});
