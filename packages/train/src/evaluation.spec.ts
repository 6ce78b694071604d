import { describe, expect, test } from '@jest/globals';
import type { ParamSpec } from '@lomap/peft';
import { inBatchesByLength } from './by-length.ts';
import { effectivelyFrozen } from './effectively-frozen.ts';
import { initialParams } from './initial.ts';
import { evaluationBatchSize } from './predict.ts';
import { InterruptedError } from './watch.ts';

describe('inBatchesByLength', () => {
  const examples = [5, 1, 3, 2, 4].map((tokens, id) => ({ id, tokens }));
  const length = ({ tokens }: (typeof examples)[number]): number => tokens;

  test('sorts by length but answers in the order given', async () => {
    const batches: number[][] = [];
    const results = await inBatchesByLength(examples, length, 2, (batch) => {
      batches.push(batch.map(length));
      return Promise.resolve(batch.map(({ id }) => `#${id}`));
    });
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
    expect(results).toEqual(['#0', '#1', '#2', '#3', '#4']);
  });

  test('tells how far it is, lets a signal in between two batches and stops before the next one', async () => {
    const controller = new AbortController();
    const seen: [number, number][] = [];
    const watch = {
      signal: controller.signal,
      onProgress: (done: number, total: number) => void seen.push([done, total]),
    };
    const kept = (batch: typeof examples): Promise<string[]> => Promise.resolve(batch.map(({ id }) => `#${id}`));
    await inBatchesByLength(examples, length, 2, kept, watch);
    expect(seen).toEqual([
      [0, 5],
      [2, 5],
      [4, 5],
      [5, 5],
    ]);
    // As a signal or a message arrives: in a turn of the event loop of its own, not in a promise's.
    setImmediate(() => controller.abort());
    const endless = Array.from({ length: 1e5 }, () => examples[0]!);
    await expect(inBatchesByLength(endless, length, 2, kept, watch)).rejects.toThrow(InterruptedError);
    expect(seen.at(-1)![0]).toBeLessThan(100);
  });

  test('no examples, no batches', async () => {
    expect(await inBatchesByLength([], length, 2, () => Promise.reject(new Error('run')))).toEqual([]);
  });
});

describe('evaluationBatchSize', () => {
  test.each([
    [[16, 16], 32],
    [[16, 17], 16],
    [[40, 66], 8],
    [[5000], 1],
  ])('of examples of %j tokens: %i', (lengths, size) => {
    expect(evaluationBatchSize({ length: (length) => length }, lengths)).toBe(size);
  });
});

describe('effectivelyFrozen', () => {
  const spec = (name: string, group: ParamSpec['group']): ParamSpec => ({
    name,
    shape: [2],
    group,
    decay: false,
    learningRateMultiplier: 1,
    init: (key) => Float32Array.of(key.seed, String(key.labels).length),
  });
  const specs = [spec('q.A', 'adapter'), spec('q.alpha', 'scalars')];
  const values = (...scalars: number[]): Float32Array[] => [Float32Array.of(0, 0), Float32Array.from(scalars)];

  test('when no scalar moved 5 % of its start', () => {
    expect(effectivelyFrozen(specs, values(20, -1), values(20.9, -1.04))).toBe(true);
    expect(effectivelyFrozen(specs, values(20, -1), values(20, -1.06))).toBe(false);
    expect(effectivelyFrozen(specs, values(20, 0), values(20, 0.04))).toBe(true);
    expect(effectivelyFrozen(specs, values(20, 0), values(20, -0.06))).toBe(false);
  });

  test('logarithms are compared by their difference', () => {
    const [from, near, far] = [20, 20.9, 21.1].map(Math.log) as [number, number, number];
    expect(effectivelyFrozen(specs, values(from, 0), values(near, 0), 'log')).toBe(true);
    expect(effectivelyFrozen(specs, values(from, 0), values(far, 0), 'log')).toBe(false);
  });

  test('null without learned scalars', () => {
    expect(effectivelyFrozen(specs.slice(0, 1), values(), values())).toBeNull();
  });

  test('initialParams gives each tensor a key of its own', () => {
    expect(initialParams(specs, 4)).toEqual([
      Float32Array.of(4, 'init,q.A'.length),
      Float32Array.of(4, 'init,q.alpha'.length),
    ]);
  });
});
