/** A model small enough for float64 references: two layers of two linears, a norm's bias, and a head. For specs only. */
import { key, normal, sizeOf, tf } from '@lomap/compile';
import type { BaseModel, Context, LinearModule } from '../types.ts';

const layer = (index: number): LinearModule[] => [
  { path: `encoder.layer.${index}.query`, out: 5, in: 5, bias: true },
  { path: `encoder.layer.${index}.wide.dense`, out: 6, in: 5, bias: false },
  { path: `encoder.layer.${index}.output.dense`, out: 5, in: 6, bias: true },
];

const linears: LinearModule[] = [
  ...layer(0),
  ...layer(1),
  { path: 'pooler.dense', out: 5, in: 5, bias: true },
  { path: 'classifier', out: 3, in: 5, bias: true },
];

const shapes = new Map<string, readonly number[]>([
  ['embeddings.norm.bias', [5]],
  ...linears.flatMap(({ path, out, in: columns, bias }) => [
    [`${path}.weight`, [out, columns]] as const,
    ...(bias ? [[`${path}.bias`, [out]] as const] : []),
  ]),
]);

export const tinyModel: BaseModel = {
  linears,
  head: ['pooler', 'classifier'],
  roles: { linear: ['query', 'wide.dense', 'output.dense'], up: ['wide.dense'], down: ['output.dense'] },
  tensors: [...shapes.keys()],
  shape: (name) => shapes.get(name)!,
  read: (name) => normal(key(11, name), sizeOf(shapes.get(name)!), 0, 0.5),
  fresh: (name) => normal(key(12, name), sizeOf(shapes.get(name)!), 0, 0.5),
  frozen: (name) => tf.tensor(tinyModel.read(name), [...shapes.get(name)!]),
};

/** The context of a model with these tensors in place of its own. */
export function plainContext(weights: ReadonlyMap<string, Float32Array> = new Map(), training = false): Context {
  const param = (name: string): tf.Tensor => {
    const values = weights.get(name);
    return values ? tf.tensor(values, [...shapes.get(name)!]) : tinyModel.frozen(name);
  };
  return {
    param,
    linear(path, x) {
      const product = tf.matMul(x, param(`${path}.weight`), false, true) as tf.Tensor2D;
      return shapes.has(`${path}.bias`) ? tf.add(product, param(`${path}.bias`)) : product;
    },
    dropout: (x, site, rate) => {
      if (!training || rate === 0) return x;
      const kept = Float32Array.from(normal(key(5, site), x.size), (value) => (value > 0 ? 1 / (1 - rate) : 0));
      return tf.mul(x, tf.tensor(kept, x.shape));
    },
  };
}

/** Logits [n, 3] of x [n, 5]. */
export function tinyForward(context: Context, x: tf.Tensor2D): tf.Tensor2D {
  let hidden = tf.add(x, context.param('embeddings.norm.bias')) as tf.Tensor2D;
  for (const index of [0, 1]) {
    const path = `encoder.layer.${index}`;
    const queried = tf.tanh(context.linear(`${path}.query`, hidden));
    const widened = tf.tanh(context.linear(`${path}.wide.dense`, queried));
    hidden = tf.add(hidden, context.linear(`${path}.output.dense`, widened));
  }
  return context.linear('classifier', tf.tanh(context.linear('pooler.dense', hidden)));
}

/** The same in float64 on the host, row-major: [n * 3] of x [n * 5]. */
export function hostForward(tensor: (name: string) => ArrayLike<number>, x: ArrayLike<number>): Float64Array {
  const linear = (path: string, input: Float64Array): Float64Array => {
    const [out, columns] = shapes.get(`${path}.weight`)! as readonly [number, number];
    const [weight, bias] = [tensor(`${path}.weight`), shapes.has(`${path}.bias`) ? tensor(`${path}.bias`) : null];
    return Float64Array.from({ length: (input.length / columns) * out }, (_, k) => {
      const [row, o] = [Math.floor(k / out), k % out];
      let sum = bias?.[o] ?? 0;
      for (let i = 0; i < columns; i++) sum += input[row * columns + i]! * weight[o * columns + i]!;
      return sum;
    });
  };
  const shift = tensor('embeddings.norm.bias');
  let hidden = Float64Array.from(x, (value, k) => value + shift[k % shift.length]!);
  for (const index of [0, 1]) {
    const path = `encoder.layer.${index}`;
    const queried = linear(`${path}.query`, hidden).map(Math.tanh);
    const widened = linear(`${path}.wide.dense`, queried).map(Math.tanh);
    const added = linear(`${path}.output.dense`, widened);
    hidden = hidden.map((value, k) => value + added[k]!);
  }
  return linear('classifier', linear('pooler.dense', hidden).map(Math.tanh));
}
