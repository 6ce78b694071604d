import { describe, expect, test } from '@jest/globals';
import { maskWindow } from '../../ops/mask-window.ts';
import { normal, key } from '../../random.ts';
import { both, concreteShape, N, expectClose, randomInput, type TensorFunction } from '../../testing/both.ts';
import { kernelCases, type KernelCase } from '../../testing/kernel-cases/index.ts';
import { floats, ints } from '../../testing/kernel-cases/kernel-case.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { tf } from '../../tf.ts';
import { trace } from '../trace.ts';
import { supportedKernels } from './index.ts';

const cacheDirectory = temporaryFolder();

/** None of them is a size at which the functions are traced. */
const SIZES = [
  { N: 1, S: 3 },
  { N: 5, S: 2 },
];

/** Kernels that TensorFlow.js has no name for: an op runs them while it is traced and does without on other backends. */
const TRACED_ONLY = ['LayerNormalization', 'MaskWindow'];

/** Kernels whose gradient TensorFlow.js defines as zero, of inputs that are whole numbers or bools. */
const NOT_DIFFERENTIABLE = ['Cast', 'GreaterEqual', 'OneHot'];

const WEIGHTS = normal(key(7, 'weights'), 1 << 15);

/** The values of f and the gradients of Σ w · f(inputs), with fixed random weights w of whatever shape. */
function withGradients(f: TensorFunction, inputs: readonly number[]): TensorFunction {
  return (...all) => {
    const values = [f(...all)].flat();
    if (inputs.length === 0) return values;
    const loss = (...some: tf.Tensor[]): tf.Scalar => {
      const results = [f(...all.map((x, i) => (inputs.includes(i) ? some[inputs.indexOf(i)]! : x)))].flat();
      const [offsets, pool] = [tf.tensor1d([17], 'int32'), tf.tensor1d(WEIGHTS)];
      const sums = results.map((y) => tf.sum(tf.mul(y, maskWindow(pool, offsets, 0, y.shape))));
      return sums.reduce((a, b) => tf.add(a, b)) as tf.Scalar;
    };
    const { value, grads } = tf.valueAndGrads(loss)(inputs.map((i) => all[i]!));
    return [...values, value, ...grads];
  };
}

function differentiated({ inputs, gradient }: KernelCase): readonly number[] {
  return gradient ?? inputs.flatMap(({ dtype }, i) => (dtype === 'float32' ? [i] : []));
}

function calls({ inputs, values }: KernelCase): ReturnType<typeof randomInput>[][] {
  return SIZES.map((sizes) =>
    inputs.map((spec, i) => {
      const random = randomInput(spec, sizes, `input ${i}`);
      if (!values) return random;
      const data = values(random, i);
      return { ...random, data: spec.dtype === 'float32' ? Float32Array.from(data) : Int32Array.from(data) };
    }),
  );
}

/** The names of the kernels that TensorFlow.js runs for a case. */
async function kernelsOf({ f, inputs }: KernelCase): Promise<string[]> {
  await tf.setBackend('cpu');
  const tensors = inputs.map((spec) => tf.zeros(concreteShape(spec, SIZES[1]!), spec.dtype));
  const { kernelNames } = await tf.profile(() => f(...tensors) as tf.TensorContainer);
  return kernelNames;
}

test('every supported kernel has a case, and every case is of a supported kernel', () => {
  expect(Object.keys(kernelCases).toSorted()).toEqual(supportedKernels.toSorted());
});

test('every kernel with a gradient in TensorFlow.js has a case of it', () => {
  // Typed as if every kernel had one.
  const gradient: (kernel: string) => unknown = tf.getGradient;
  const missing = Object.entries(kernelCases).filter(
    ([kernel, cases]) => gradient(kernel) && !cases.some((one) => differentiated(one).length > 0),
  );
  expect(missing.map(([kernel]) => kernel).filter((kernel) => !NOT_DIFFERENTIABLE.includes(kernel))).toEqual([]);
});

describe.each(Object.entries(kernelCases))('%s', (kernel, cases) => {
  test('is what the cases run', async () => {
    for (const one of cases) {
      if (TRACED_ONLY.includes(kernel)) {
        const { graph } = trace(one.f as never, one.inputs, { N: 5, S: 2 });
        expect(graph.nodes.map(({ op }) => op)).toContain(kernel);
      } else expect(await kernelsOf(one)).toContain(kernel);
    }
  });

  test.each(cases.map((one) => [one.what, one] as const))('%s', async (_, one) => {
    const results = await both(withGradients(one.f, differentiated(one)), one.inputs, calls(one), cacheDirectory);
    for (const { compiled, eager } of results) expectClose(compiled, eager, one.tolerance);
  });
});

describe('what cannot be compiled is refused', () => {
  const refused = (f: TensorFunction, inputs: KernelCase['inputs']): Promise<unknown> =>
    both(f, inputs, [], cacheDirectory);

  test('a gather with batch axes', async () => {
    const f: TensorFunction = (x, i) => tf.gather(x, i, 1, 1);
    await expect(refused(f, [floats(2, N), ints(2, 3)])).rejects.toThrow(
      /tf.gather with batchDims = 1 cannot be compiled/,
    );
  });

  test('the gradient of a mean over a symbolic axis', async () => {
    const f: TensorFunction = (x) => tf.grad((x: tf.Tensor) => tf.mean(x))(x);
    await expect(refused(f, [floats(N)])).rejects.toThrow(
      /constant \[\] .* other values at other sizes .* Pass it as an input/,
    );
  });

  test('the gradient of a tiling by a symbol', async () => {
    const f: TensorFunction = (x, n) => tf.grad((x: tf.Tensor) => tf.sum(tf.tile(x, n.shape as [number])))(x);
    await expect(refused(f, [floats(3), floats(N)])).rejects.toThrow(/control flow depends on the sizes/);
  });
});
