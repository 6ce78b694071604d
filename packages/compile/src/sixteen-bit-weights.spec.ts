import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { compile, disposeFrozen, float32, frozen, int32, memoryOf, narrow, readWeights, tf, widen } from './index.ts';
import type { DeviceOptions, SixteenBits, WeightSource } from './index.ts';
import { checkpoint } from './ops/checkpoint.ts';
import { castFrozen } from './passes/cast-frozen.ts';
import { optimize } from './passes/index.ts';
import { cpu, eagerCpu, expectClose, N, randomInput } from './testing/both.ts';
import { graphOf, ops } from './testing/graphs.ts';
import { floats } from './testing/kernel-cases/kernel-case.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const folder = temporaryFolder();
const values = randomInput({ dtype: 'float32', shape: [60] }, {}, 'w').data as Float32Array;
const types: readonly SixteenBits[] = ['float16', 'bfloat16'];
let cacheDirectory: string;
let count = 0;
beforeEach(() => {
  cacheDirectory = join(folder, `cache-${count++}`);
  disposeFrozen();
});
afterAll(disposeFrozen);

/** The same numbers in a file of 16 bits, and in one of float32. */
function sources(dtype: SixteenBits): { narrow: WeightSource; wide: WeightSource } {
  const bits = narrow(values, dtype);
  const [small, large] = [join(folder, `${dtype}.bin`), join(folder, `${dtype}-wide.bin`)];
  // Two bytes in front: a type of 16 bits needs no more alignment than that.
  writeFileSync(small, Buffer.concat([Buffer.alloc(2), new Uint8Array(bits.buffer)]));
  writeFileSync(large, new Uint8Array(widen(bits, dtype).buffer));
  return {
    narrow: { name: 'w', file: small, offset: 2, shape: [10, 6], dtype },
    wide: { name: 'w', file: large, offset: 0, shape: [10, 6] },
  };
}

/** A table that is gathered from, multiplied by twice, and a result itself; with the gradient. */
function network(source: WeightSource) {
  const table = (): tf.Tensor2D => frozen(source) as tf.Tensor2D;
  const loss = (x: tf.Tensor, ids: tf.Tensor): tf.Scalar => {
    const layer = (x: tf.Tensor2D): tf.Tensor2D =>
      tf.tanh(tf.matMul(checkpoint(tf.tanh(tf.matMul(x, table(), false, true))), table()));
    const y = layer(layer(layer(x as tf.Tensor2D)));
    return tf.sum(tf.mul(tf.softmax(y), tf.gather(table(), ids as tf.Tensor1D))) as tf.Scalar;
  };
  return (x: tf.Tensor, ids: tf.Tensor): tf.Tensor[] => {
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => loss(x, ids))(x);
    return [value, grad, table()];
  };
}

const inputs = [
  { dtype: 'float32', shape: [N, 6] },
  { dtype: 'int32', shape: [N] },
] as const;

async function run(source: WeightSource, device: DeviceOptions = cpu, recompute = false, key?: string) {
  const f = network(source);
  const cached = key === undefined ? undefined : { key };
  const options = { name: 'f', inputs: [...inputs] as never, device, cacheDirectory, recompute, cached };
  const compiled = await compile(f as (...args: tf.Tensor[]) => tf.Tensor[], options);
  const x = randomInput({ dtype: 'float32', shape: [4, 6] }, {}, 'x');
  const results = await compiled(float32(x.data as Float32Array, [4, 6]), int32([9, 0, 3, 9], [4]));
  await compiled.dispose();
  return results;
}

describe.each(types)('%s', (dtype) => {
  test('is read as float32 on the host and by eager backends', async () => {
    const { narrow: source, wide } = sources(dtype);
    expect(readWeights(source)).toEqual(readWeights(wide));
    const [a, b] = [await run(source, eagerCpu), await run(wide, eagerCpu)];
    expect(a).toEqual(b);
  });

  test.each(['disabled', 'basic', 'extended', 'all'] as const)(
    'computes what float32 does, at level %s',
    async (level) => {
      const { narrow: source, wide } = sources(dtype);
      const device = { ...cpu, optimizationLevel: level };
      expectClose(await run(source, device), await run(wide, device), 1e-6);
    },
  );

  test('with gradient checkpointing too', async () => {
    const { narrow: source, wide } = sources(dtype);
    expectClose(await run(source, cpu, true), await run(wide, cpu), 1e-6);
  });

  test('computes the same bits again, and from the cache, and when what was kept is damaged', async () => {
    const { narrow: source } = sources(dtype);
    const first = await run(source, cpu, false, 'k');
    const graphs = join(cacheDirectory, 'graphs');
    const kept = readdirSync(graphs).sort();
    expect(await run(source, cpu, false, 'k')).toEqual(first);
    expect(readdirSync(graphs).sort()).toEqual(kept);
    for (const name of kept.filter((name) => name.endsWith('.onnx'))) {
      const file = join(graphs, name);
      const content = readFileSync(file);
      for (const damage of [() => rmSync(file), () => writeFileSync(file, content.subarray(0, content.length - 5))]) {
        damage();
        expect(await run(source, cpu, false, 'k')).toEqual(first);
      }
    }
  });

  test('no copy of it is kept with the optimised graph', async () => {
    const shape = [600, 500];
    const big = join(folder, `${dtype}-big.bin`);
    const data = narrow(randomInput({ dtype: 'float32', shape }, {}, 'big').data as Float32Array, dtype);
    writeFileSync(big, new Uint8Array(data.buffer));
    await run({ name: 'w', file: big, offset: 0, shape: [100, 6], dtype }); // warm
    const f = (x: tf.Tensor): tf.Tensor => tf.matMul(x, frozen({ name: 'w', file: big, offset: 0, shape, dtype }));
    const compiled = await compile(f, { name: 'f', inputs: [floats(N, 600)], device: cpu, cacheDirectory });
    await compiled.dispose();
    const graphs = join(cacheDirectory, 'graphs');
    const models = readdirSync(graphs).filter((name) => name.endsWith('.onnx'));
    for (const name of models) expect(statSync(join(graphs, name)).size).toBeLessThan(20_000);
  });
});

describe('the graph', () => {
  const { narrow: source, wide } = sources('bfloat16');

  test('has a cast for every reader, before all other nodes, and gathers before it casts', () => {
    const graph = castFrozen(optimize(graphOf(network(source), [...inputs])));
    const readers = ops(graph).filter((op) => op === 'Gemm').length;
    expect(ops(graph).slice(0, readers + 1)).toEqual([...Array<string>(readers + 1).fill('Cast')]); // one for the result
    const gather = graph.nodes.findIndex(({ op }) => op === 'Gather');
    expect(graph.nodes[gather]!.outputs[0]!.dtype).toBe('bfloat16');
    expect(graph.nodes[gather + 1]).toMatchObject({ op: 'Cast', operands: graph.nodes[gather]!.outputs });
    expect(ops(graph).filter((op) => op === 'Cast')).toHaveLength(readers + 2);
  });

  test('gathers from a widened table for a device without numbers of 16 bits', () => {
    const graph = castFrozen(optimize(graphOf(network(source), [...inputs])), false);
    const gather = graph.nodes.find(({ op }) => op === 'Gather')!;
    expect([gather.operands[0], gather.outputs[0]]).toMatchObject([{ dtype: 'float32' }, { dtype: 'float32' }]);
  });

  test('of float32 weights is what it was', () => {
    const graph = optimize(graphOf(network(wide), [...inputs]));
    expect(castFrozen(graph)).toBe(graph);
  });

  test('one place seen as two types is two leaves', () => {
    const other = { ...source, dtype: 'float16' } as const;
    const graph = graphOf((x) => tf.add(tf.matMul(x, frozen(source)), tf.matMul(x, frozen(other))), [floats(N, 10)]);
    expect(graph.frozen.size).toBe(2);
  });

  test('its memory: half the bytes for the weight, and one float32 copy at a time', () => {
    const account = (of: WeightSource) =>
      memoryOf(
        (x: tf.Tensor) => tf.matMul(tf.matMul(x as tf.Tensor2D, frozen(of) as tf.Tensor2D, false, true), frozen(of)),
        {
          inputs: [floats(N, 6)],
          sizes: { N: 1 },
        },
      );
    const [narrow, wide_] = [account(source), account(wide)];
    expect(narrow.frozen).toBe(wide_.frozen / 2);
    expect(narrow.prepacked).toBe(0);
    expect(narrow.activations - wide_.activations).toBe(4 * 60);
  });
});
