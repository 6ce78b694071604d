import { beforeAll, expect, test } from '@jest/globals';
import { tf } from '@lomap/compile';
import type { Constants, Delta } from '@lomap/map';
import { weightOf } from '@lomap/map/testing';
import { veraFamily } from './delta.ts';

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

/** The kernels that computing the gradients of λ_d and λ_b runs, and the shapes of what they make. */
async function kernelsRun(f: (delta: Delta) => tf.Tensor): Promise<{ name: string; shape: string }[]> {
  const constants = sharing();
  const own = [tf.fill([rank], 0.5), tf.fill([shape.out], 2)];
  const bind = (d: tf.Tensor, b: tf.Tensor): Delta => family.bind(w, { vera_lambda_d: d, vera_lambda_b: b }, constants);
  // What frozen tensors alone decide is there after the first time.
  tf.sum(f(bind(own[0]!, own[1]!)));
  const { kernels } = await tf.profile(() => tf.grads((d, b) => tf.sum(f(bind(d!, b!))))(own));
  return kernels
    .filter(({ name }) => name !== 'Identity')
    .flatMap(({ name, outputShapes }) => outputShapes.map((shape) => ({ name, shape: String(shape) })));
}

test('training makes no gradient of a whole projection, and no scaled copy of one', async () => {
  const made = (await kernelsRun((delta) => delta.apply(tf.ones([3, shape.in])))).map(({ shape }) => shape);
  expect(made).toContain(`3,${rank}`);
  expect(made).not.toContain(`${rank},${shape.in}`);
  expect(made).not.toContain(`${shape.out},${rank}`);
});

test('norms are made without the Gram matrix of A again, and without anything as wide as A', async () => {
  for (const along of ['global', 'row'] as const) {
    const run = await kernelsRun((delta) => delta.squaredNorm(along));
    const products = run.filter(({ name }) => name === 'BatchMatMul').map(({ shape }) => shape);
    // B S, and the gradient of S; AAᵀ would be another [r, r].
    expect(products).toEqual([`${shape.out},${rank}`, `${rank},${rank}`]);
    expect(run.map(({ shape }) => shape)).not.toContain(`${rank},${shape.in}`);
  }
});
