import { appendFileSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { compile, float32, frozen, hashCode, tf, type CachedAs, type HostTensor } from './index.ts';
import { cpu, N } from './testing/both.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const folder = temporaryFolder();
const weights = join(folder, 'weights.bin');
let cacheDirectory: string;
let traced: number;
let count = 0;
beforeEach(() => {
  cacheDirectory = join(folder, `cache-${count++}`);
  traced = 0;
  writeFileSync(weights, new Uint8Array(Float32Array.of(2, 3).buffer));
});

interface Options {
  readonly cached?: CachedAs;
  readonly name?: string;
  readonly columns?: 1 | 2;
}

/** (x · w, Σx) of x [N, 2], as the tree { product, parts: [sum] }; `columns` changes only the inputs. */
async function run(options: Options, x = [1, 2, 3, 4]): Promise<number[][]> {
  const { cached, name = 'f', columns = 2 } = options;
  const f = (x: tf.Tensor2D): { product: tf.Tensor; parts: tf.Tensor[] } => {
    traced++;
    const w = frozen({ name: 'w', file: weights, offset: 0, shape: [1, 2] });
    return { product: tf.mul(x, w), parts: [tf.sum(x)] };
  };
  const inputs: [{ dtype: 'float32'; shape: [typeof N, number] }] = [{ dtype: 'float32', shape: [N, columns] }];
  const compiled = await compile(f, { name, inputs, device: cpu, cacheDirectory, ...(cached && { cached }) });
  const result = await compiled(float32(x, [x.length / columns, columns]));
  expect(compiled.nodes).toBe(2);
  await compiled.dispose();
  return [result.product, ...result.parts].map((tensor: HostTensor) => [...tensor.data]);
}

const expected = [[2, 6, 6, 12], [10]];
const inGraphs = (name: string): string => join(cacheDirectory, 'graphs', name);
const entry = (): string => inGraphs(readdirSync(inGraphs('')).find((name) => /^[0-9a-f]{64}\.json$/.test(name))!);
const model = (): string => inGraphs(`${/"model\\":\\"([0-9a-f]+)/.exec(readFileSync(entry(), 'utf8'))![1]!}.onnx`);

describe('a graph from the cache', () => {
  test('computes the same at every size, and the function is not traced', async () => {
    expect(await run({ cached: { key: 'a' } })).toEqual(expected);
    const once = traced;
    expect(once).toBeGreaterThan(0);
    expect(await run({ cached: { key: 'a' } })).toEqual(expected);
    expect(await run({ cached: { key: 'a' } }, [5, 6])).toEqual([[10, 18], [11]]);
    expect(traced).toBe(once);
  });

  test('is not taken for another key, name or input, nor without a key', async () => {
    await run({ cached: { key: 'a' } });
    for (const options of [{ cached: { key: 'b' } }, { cached: { key: 'a' }, name: 'g' }, {}]) {
      traced = 0;
      expect(await run(options)).toEqual(expected);
      expect(traced).toBeGreaterThan(0);
    }
    traced = 0;
    expect(await run({ cached: { key: 'a' }, columns: 1 }, [1, 2])).toEqual([[2, 3, 4, 6], [3]]);
    expect(traced).toBeGreaterThan(0);
  });

  test('is not taken for weights of another file', async () => {
    await run({ cached: { key: 'a' } });
    rmSync(weights);
    writeFileSync(weights, new Uint8Array(Float32Array.of(20, 30).buffer));
    expect(await run({ cached: { key: 'a' } })).toEqual([[20, 60, 60, 120], [10]]);
  });

  test('gives the caller what it remembered', async () => {
    let given: unknown = null;
    const cached: CachedAs = {
      key: 'a',
      remember: () => ({ traced: traced > 0, names: ['x', 'y'] }),
      restore: (memory) => {
        given = memory;
        return true;
      },
    };
    await run({ cached });
    expect(given).toBeNull();
    await run({ cached });
    expect(given).toEqual({ traced: true, names: ['x', 'y'] });
    traced = 0;
    await run({ cached: { ...cached, restore: () => false } });
    expect(traced).toBeGreaterThan(0);
  });

  const damages: [string, () => void][] = [
    ['an entry cut short', () => writeFileSync(entry(), readFileSync(entry(), 'utf8').slice(0, -20))],
    ['an entry with another number', () => replaceIn(entry(), 'nodes\\":2', 'nodes\\":3')],
    ['an entry with another output', () => replaceIn(entry(), 'product\\":1', 'product\\":0')],
    ['an entry that is no object', () => writeFileSync(entry(), 'null')],
    ['a model with more bytes', () => appendFileSync(model(), 'x')],
    ['a model that is missing', () => rmSync(model())],
    ['a model of something else', () => copyFileSync(weights, model())],
  ];
  test.each(damages)('%s is made anew', async (_, damage) => {
    await run({ cached: { key: 'a' } });
    damage();
    traced = 0;
    expect(await run({ cached: { key: 'a' } })).toEqual(expected);
    expect(traced).toBeGreaterThan(0);
    traced = 0;
    expect(await run({ cached: { key: 'a' } })).toEqual(expected);
    expect(traced).toBe(0);
  });
});

/** Fails unless the text was there. */
function replaceIn(file: string, old: string, text: string): void {
  const content = readFileSync(file, 'utf8');
  expect(content).toContain(old);
  writeFileSync(file, content.replace(old, text));
}

test('hashCode tells code apart, and nothing else', () => {
  const hashOf = (files: Record<string, string>): string => {
    const place = join(folder, `code-${count++}`);
    mkdirSync(join(place, 'deep'), { recursive: true });
    for (const [name, content] of Object.entries(files)) writeFileSync(join(place, name), content);
    return hashCode(place);
  };
  const code = { 'a.ts': 'a', 'deep/b.js': 'b' };
  const same = hashOf(code);
  expect(hashOf({ ...code, 'a.spec.ts': 'x', 'a.d.ts': 'x', 'a.js.map': 'x' })).toBe(same);
  for (const other of [{ 'a.ts': 'a' }, { ...code, 'deep/b.js': 'c' }, { 'a.ts': 'a', 'b.js': 'b' }]) {
    expect(hashOf(other)).not.toBe(same);
  }
});
