import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { geometrySchema } from '@lomap/results';
import { InterruptedError } from '@lomap/train';
import { checkpointSteps, geometryRecorder, type GeometryOptions } from './geometry.ts';

const base = Float32Array.from([3, 4, 1, 0]);
const linear = (path: string) => ({ path, out: 2, in: 2, bias: true });
let directory: string;
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'lomap-geometry-')), 'checkpoint');
});
afterEach(() => rmSync(join(directory, '..'), { recursive: true }));

/** One adapted matrix whose first row is stretched by the parameter, one that is not adapted, and a head. */
function options(changes: Partial<GeometryOptions> = {}): GeometryOptions {
  return {
    geometry: { checkpoints: 2, randomRank: 1, randomShares: [0.1] },
    checkpoint: {
      linears: [linear('layer.0.query'), linear('layer.0.key'), linear('classifier')],
      head: ['classifier'],
      read: () => base,
    },
    adaptation: {
      merge: ([p]) =>
        new Map([
          ['layer.0.query.weight', Float32Array.from([3 * p![0]!, 4 * p![0]!, 1, 0])],
          ['classifier.weight', base],
        ]),
      summary: ([p]) => [
        {
          ...{ path: 'layer.0.query', updateNorm: 0, baseNorm: 0, deltaNorm: null, betaStart: 1 },
          ...{ alphaChange: 0.5, beta: p![0]! },
        },
      ],
    },
    seed: 1,
    steps: 5,
    directory,
    oversight: { signal: new AbortController().signal, activity: () => {} },
    ...changes,
  };
}

describe('checkpoints', () => {
  test('are evenly spaced and end with the run', () => {
    expect([...checkpointSteps(100, 5)]).toEqual([20, 40, 60, 80, 100]);
    expect([...checkpointSteps(7, 3)]).toEqual([2, 5, 7]);
    expect([...checkpointSteps(2, 5)]).toEqual([1, 2]);
  });
});

describe('a recorder', () => {
  test('takes what changed of the encoder, beside a random update of the same size', async () => {
    const recorder = geometryRecorder(options());
    for (const step of recorder.steps) await recorder.take(step, [Float32Array.of(step)]);
    const { points, random } = geometrySchema.parse(await recorder.result());
    expect(points.map(({ step, path }) => [step, path])).toEqual([
      [3, 'layer.0.query'],
      [5, 'layer.0.query'],
    ]);
    expect(points[0]).toMatchObject({ magnitude: 5, alphaChange: 0.5, beta: 3 }); // of 10 and 0
    expect(points[0]!.direction).toBeCloseTo(0, 12);
    expect(points[0]!.relativeNorm).toBeCloseTo(10 / Math.sqrt(26), 4);
    expect(points[0]!.random.direction).toBeGreaterThan(0);
    expect(random).toEqual([expect.objectContaining({ path: 'layer.0.query', share: 0.1 })]);
  });

  test('goes on from an earlier start with the same points', async () => {
    const whole = geometryRecorder(options());
    for (const step of [3, 5]) await whole.take(step, [Float32Array.of(step)]);
    rmSync(directory, { recursive: true });
    await geometryRecorder(options()).take(3, [Float32Array.of(3)]);
    const resumed = geometryRecorder(options());
    await resumed.take(5, [Float32Array.of(5)]);
    expect(await resumed.result()).toEqual(await whole.result());
  });

  test('stops between two weights, without a point of the step', async () => {
    const controller = new AbortController();
    const reads: string[] = [];
    const { checkpoint } = options();
    const stopping = {
      ...checkpoint,
      read(name: string) {
        reads.push(name);
        controller.abort();
        return base;
      },
    };
    const oversight = { signal: controller.signal, activity: () => {} };
    const recorder = geometryRecorder(options({ checkpoint: stopping, oversight }));
    await expect(recorder.take(3, [Float32Array.of(3)])).rejects.toThrow(InterruptedError);
    expect(reads).toEqual(['layer.0.query.weight']);
    expect(existsSync(join(directory, 'geometry.json'))).toBe(false);
  });

  test('says which step is missing and what to remove', async () => {
    await geometryRecorder(options()).take(3, [Float32Array.of(3)]);
    writeFileSync(join(directory, 'geometry.json'), '{"3": [{}]}');
    const resumed = geometryRecorder(options());
    await resumed.take(5, [Float32Array.of(5)]);
    await expect(resumed.result()).rejects.toThrow(
      `no geometry of step 3, which ran before this start. Remove ${directory}`,
    );
    expect(existsSync(join(directory, 'geometry.json'))).toBe(true);
  });
});
