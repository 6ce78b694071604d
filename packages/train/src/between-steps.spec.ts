/** AdaLoRA trained as a whole: eager and compiled, stopped and resumed, and what is left of its ranks. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { disposeFrozen, tf, type DeviceName } from '@lomap/compile';
import { adapt, methodDefaults } from '@lomap/peft';
import { fit, type FitResult } from './fit.ts';
import { firstTokenOptions, model, type FirstTokenOptions } from './testing/first-token.ts';

let cacheDirectory: string;
beforeAll(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'lomap-ranks-'));
});
afterAll(async () => {
  disposeFrozen();
  await rm(cacheDirectory, { recursive: true, force: true });
});

const method = {
  ...methodDefaults('adalora'),
  ...{ rank: 1, initR: 3, targetModules: ['embed', 'mix'], adapterDropout: 0.1 },
  ...{ tinit: 3, tfinal: 5, deltaT: 2 },
};
const adaptation = adapt(model, method);
/** 16 steps: the first 3 and the last 5 take nothing away that was not. */
const options = (device: DeviceName, changes: Partial<Omit<FirstTokenOptions, 'device'>> = {}): FirstTokenOptions =>
  firstTokenOptions({ device, cacheDirectory, adaptation, ...changes });
const withoutTimes = ({ seconds: _, ...rest }: FitResult): object => rest;
const ranksOf = ({ params }: FitResult): (number | undefined)[] => adaptation.summary(params).map(({ rank }) => rank);

describe.each(['tfjs-cpu', 'cpu'] as const)('AdaLoRA on %s', (device) => {
  test('ends at its target; equal scores choose the first epoch after the last allocation', async () => {
    const result = await fit(options(device));
    const ranks = ranksOf(result);
    expect(ranks[0]! + ranks[1]!).toBe(2);
    expect(result.epochs.map(({ step }) => step)).toEqual([4, 8, 12, 16]);
    // The last allocation is at step 16 - 5.
    expect(result.chosenEpoch).toBe(3);
  });

  test.each([2, 9, 13])('stopped after step %i and resumed, ends with the same bits', async (stop) => {
    const reference = withoutTimes(await fit(options(device)));
    const resumeDirectory = join(cacheDirectory, `${device}-${stop}`);
    const abort = new AbortController();
    const onStep: FirstTokenOptions['onStep'] = ({ step }) => {
      if (step === stop) abort.abort();
    };
    const stopped = await fit(options(device, { resumeDirectory, signal: abort.signal, onStep }));
    expect(stopped).toMatchObject({ status: 'interrupted', steps: stop });
    const notes: string[] = [];
    const resumed = await fit(options(device, { resumeDirectory, onNote: (note) => notes.push(note) }));
    expect(notes).toEqual([`Resumed at step ${stop} of 16.`]);
    expect(withoutTimes(resumed)).toEqual(reference);
  });

  test('what was taken away is 0 after every later step, and not before', async () => {
    const ranks: [number, number][] = [];
    const take = (step: number, params: Float32Array[]): void => {
      const left = adaptation.summary(params).map(({ rank }) => rank!);
      ranks.push([step, left[0]! + left[1]!]);
    };
    await fit(options(device, { probe: { steps: new Set([3, 4, 5, 6, 10, 11, 12, 16]), take } }));
    // Budgets of steps 4, 6, 10 and 11: 2 + 4 (1 - (t - 3)/8)³, rounded down. Between allocations ranks come back.
    expect(ranks).toEqual([
      ...[
        [3, 6],
        [4, 4],
        [5, 6],
        [6, 2],
        [10, 2],
        [11, 2],
        [12, 2],
        [16, 2],
      ],
    ]);
  });
});

test('compiled and eager training agree: the same ranks, losses and parameters', async () => {
  const [eager, compiled] = [await fit(options('tfjs-cpu')), await fit(options('cpu'))];
  expect(ranksOf(compiled)).toEqual(ranksOf(eager));
  compiled.curves.loss.forEach((loss, k) => expect(loss).toBeCloseTo(eager.curves.loss[k]!, 5));
  compiled.params.forEach((values, i) =>
    values.forEach((value, j) => expect(value).toBeCloseTo(eager.params[i]![j]!, 4)),
  );
});

test('the penalty is in the training loss', async () => {
  const one = { settings: { ...options('tfjs-cpu').settings, maxSteps: 1 }, selection: [] };
  const lossAt = async (orthRegWeight: number): Promise<number> => {
    const changed = { ...method, orthRegWeight, tinit: 0, tfinal: 0 };
    return (await fit(options('tfjs-cpu', { ...one, adaptation: adapt(model, changed) }))).curves.loss[0]!;
  };
  const adapted = adapt(model, { ...method, orthRegWeight: 2 });
  const starts = adapted.specs.map(({ shape }) => tf.zeros([...shape]));
  // At A = B = 0 each of the four norms is ‖I‖ = √3; the starts are small enough to be near.
  expect(adapted.penalty!(starts).dataSync()[0]).toBeCloseTo(2 * Math.sqrt(3), 5);
  expect((await lossAt(2)) - (await lossAt(0))).toBeCloseTo(2 * Math.sqrt(3), 1);
});
