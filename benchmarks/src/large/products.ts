import { compile, float32, key, normal, tf, type DeviceOptions } from '@lomap/compile';
import type { Checkpoint } from '@lomap/models';

/** The products of a training step with frozen weights, and nothing else. */
export interface Products {
  /** All of them, once. */
  run(): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * Of every frozen matrix W [out, in] outside the head y = x Wᵀ and dx = y W, with x [length, in]: what a step cannot do
 * without. They read the weights as the step does.
 */
export async function bareProducts(
  checkpoint: Checkpoint,
  { length, device, cacheDirectory }: { length: number; device: DeviceOptions; cacheDirectory: string },
): Promise<Products> {
  const linears = checkpoint.linears.filter(({ path }) => !checkpoint.head.some((prefix) => path.startsWith(prefix)));
  const widths = [...new Set(linears.map(({ in: columns }) => columns))];
  const f = (...given: tf.Tensor[]): tf.Tensor[] => {
    const x = new Map(widths.map((width, i) => [width, given[i] as tf.Tensor2D]));
    for (const { path, in: columns } of linears) {
      const w = checkpoint.frozen(`${path}.weight`) as tf.Tensor2D;
      // The next module of the width reads the sum: one product waits for the other, as in the step.
      const dx = tf.matMul(tf.matMul(x.get(columns)!, w, false, true), w) as tf.Tensor2D;
      x.set(columns, tf.add(x.get(columns)!, tf.mul(dx, 1e-3)));
    }
    return [...x.values()];
  };
  const inputs = widths.map((width) => ({ dtype: 'float32', shape: [length, width] }) as const);
  const compiled = await compile(f, { name: 'products', inputs, device, cacheDirectory });
  const values = widths.map((width) => float32(normal(key(0, width), length * width), [length, width]));
  return {
    async run() {
      await compiled(...values);
    },
    dispose: () => compiled.dispose(),
  };
}
