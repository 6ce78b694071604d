/** Magnitude rules in training: what they set at each step, eager and compiled, stopped and resumed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { disposeFrozen, type DeviceName } from '@lomap/compile';
import { adapt, methodDefaults, type MethodSettings } from '@lomap/peft';
import { fit, type FitResult } from './fit.ts';
import { learningRates } from './schedule.ts';
import { firstTokenOptions, model, type FirstTokenOptions } from './testing/first-token.ts';
import { trainingSteps } from './tryout.ts';

let cacheDirectory: string;
beforeAll(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'lomap-rules-'));
});
afterAll(async () => {
  disposeFrozen();
  await rm(cacheDirectory, { recursive: true, force: true });
});

const targetModules = ['embed', 'mix'];
const published = methodDefaults('lomap');
const lomap = (map: Partial<MethodSettings['map']>): MethodSettings => ({
  ...published,
  ...{ rank: 2, loraAlpha: 4, targetModules, map: { ...published.map!, ...map } },
});
const lora: MethodSettings = { ...methodDefaults('lora'), rank: 2, loraAlpha: 4, targetModules };
const cases: readonly [string, MethodSettings][] = [
  ['share', lomap({ magnitudes: { rule: 'share', rho: 0.1 } })],
  ['width', lomap({ magnitudes: { rule: 'width', c: 0.1 } })],
  ['lora-equivalent', lomap({ magnitudes: { rule: 'lora-equivalent', kappa: 0.5 } })],
  ['grown', lomap({ start: 'beta-zero', magnitudes: { rule: 'grown', rho: 0.1, steps: 6 } })],
  ['decoupled', lomap({ magnitudes: { rule: 'decoupled', alphaRate: 1e-3, betaRate: 0.1 } })],
  ['norm-keeping', lomap({ magnitudes: { rule: 'norm-keeping' } })],
  ['probed', lomap({ magnitudes: { rule: 'probed', steps: 2 } })],
  ['LoRA of one size', { ...lora, updateNorm: { share: 0.1 } }],
];
const options = (
  device: DeviceName,
  method: MethodSettings,
  changes: Partial<Omit<FirstTokenOptions, 'device'>> = {},
) => firstTokenOptions({ device, cacheDirectory, adaptation: adapt(model, method), ...changes });
const withoutTimes = ({ seconds: _, ...rest }: FitResult): object => rest;

describe.each(cases)('%s', (name, method) => {
  test('stopped and resumed, ends with the same bits', async () => {
    const reference = withoutTimes(await fit(options('cpu', method)));
    const resumeDirectory = join(cacheDirectory, name);
    const stop = name === 'probed' ? 2 : 7;
    const abort = new AbortController();
    const onStep = ({ step }: { step: number }): void => {
      if (step === stop) abort.abort();
    };
    const stopped = await fit(options('cpu', method, { resumeDirectory, signal: abort.signal, onStep }));
    expect(stopped).toMatchObject({ status: 'interrupted', steps: stop });
    expect(withoutTimes(await fit(options('cpu', method, { resumeDirectory })))).toEqual(reference);
  });

  test('compiled and eager training agree', async () => {
    const [eager, compiled] = [await fit(options('tfjs-cpu', method)), await fit(options('cpu', method))];
    compiled.curves.loss.forEach((loss, k) => expect(loss).toBeCloseTo(eager.curves.loss[k]!, 4));
    compiled.params.forEach((values, i) =>
      values.forEach((value, j) => expect(value).toBeCloseTo(eager.params[i]![j]!, 3)),
    );
  });
});

/** β of both matrices and ‖W* - W‖/‖W‖, after these steps. */
async function measured(method: MethodSettings, steps: readonly number[]) {
  const run = options('cpu', method);
  const found: { readonly beta: (number | null)[]; readonly share: number[]; readonly alpha: (number | null)[] }[] = [];
  const take = (_: number, params: Float32Array[]): void => {
    const summary = run.adaptation.summary(params);
    found.push({
      beta: summary.map(({ beta }) => beta),
      share: summary.map(({ updateNorm, baseNorm }) => updateNorm / baseNorm),
      alpha: summary.map(({ alphaChange }) => alphaChange),
    });
  };
  await fit({ ...run, probe: { steps: new Set(steps), take } });
  return { found, settings: run.settings };
}

test('lora-equivalent: β follows the sum of the learning rates, and stays where the last step had it', async () => {
  const { found, settings } = await measured(cases[2]![1], [1, 5, 15, 16]);
  const rates = learningRates(16, settings);
  const sum = (steps: number): number => rates.slice(0, steps).reduce((total, rate) => total + rate, 0);
  // s = 2, κ = 1/2; matrices of 4 and 5 outputs, rank 2. After t steps β is that of step t + 1.
  const unit = [4, 5].map((out) => Math.sqrt((out * 2) / 3));
  [2, 6, 16, 16].forEach((step, i) =>
    found[i]!.beta.forEach((beta, m) => expect(beta).toBeCloseTo(unit[m]! * sum(step), 5)),
  );
});

test('grown: the share of W that the update has rises in a line and then stays', async () => {
  const method = lomap({ start: 'beta-zero', alpha: 'frozen', magnitudes: { rule: 'grown', rho: 0.1, steps: 6 } });
  const { found } = await measured(method, [1, 2, 5, 16]);
  [2, 3, 6, 6].forEach((step, i) => {
    for (const share of found[i]!.share) expect(share).toBeCloseTo((0.1 * step) / 6, 4);
  });
});

test('LoRA of one size has it after every step', async () => {
  const { found } = await measured(cases[7]![1], [1, 8, 16]);
  for (const { share } of found) for (const value of share) expect(value).toBeCloseTo(0.1, 4);
});

test('norm-keeping: ‖W*‖ stays ‖W‖ as the update turns it', async () => {
  const run = options('cpu', cases[5]![1]);
  const { params } = await fit(run);
  const norm = (values: Float32Array): number => Math.hypot(...values);
  for (const [name, merged] of run.adaptation.merge(params)) {
    if (name !== 'classifier.weight') expect(norm(merged) / norm(model.read(name))).toBeCloseTo(1, 5);
  }
});

test('decoupled: the adapter’s learning rate does not change how α and β move at first', async () => {
  const first = async (learningRate: number): Promise<number[]> => {
    const run = options('cpu', cases[4]![1]);
    const { params } = await fit({
      ...run,
      settings: { ...run.settings, learningRate, maxSteps: 1, maxGradNorm: null },
    });
    return run.adaptation.specs.flatMap(({ name }, i) => (name.endsWith('map_alpha') ? [params[i]![0]!] : []));
  };
  const [slow, fast] = [await first(1e-4), await first(1e-2)];
  // Adam's first step is the rate itself, whatever the gradient: 1e-3, at the warm-up's first share.
  slow.forEach((value, i) => expect(value).toBeCloseTo(fast[i]!, 6));
  for (const value of slow) expect(Math.abs(value)).toBeGreaterThan(2e-4);
});

describe('probed', () => {
  const method = cases[6]![1];
  const shares = [0.01, 0.03, 0.1, 0.2];
  const started = (rho: number, changes: Partial<MethodSettings['map']> = {}): MethodSettings =>
    lomap({ magnitudes: { rule: 'share', rho }, ...changes });

  test('begins with the share whose loss on the next batch is lowest, and its steps are of the budget', async () => {
    const { tried, steps, params } = await fit(options('cpu', method));
    expect(tried!.steps).toBe(4 * 3);
    expect(steps).toBe(16 - 4 * 3);
    const run = options('cpu', method);
    expect(trainingSteps(14, run.settings, run.adaptation)).toBe(steps);
    // The same batches and masks, one share at a time: the loss of step 2 (counted from 0) of runs of the same schedule.
    const losses = await Promise.all(
      shares.map(async (rho) => {
        const run = options('cpu', started(rho));
        return (await fit({ ...run, settings: { ...run.settings, maxSteps: 4 } })).curves.loss[2]!;
      }),
    );
    expect(tried!.losses).toEqual(losses);
    expect(tried!.chosen).toBe(losses.indexOf(Math.min(...losses)));
    const chosen = options('cpu', started(shares[tried!.chosen]!));
    expect(params).toEqual((await fit({ ...chosen, settings: { ...chosen.settings, maxSteps: 4 } })).params);
  });

  test('stopped while it tries, tries again to the same end', async () => {
    const abort = new AbortController();
    abort.abort();
    const resumeDirectory = join(cacheDirectory, 'while-trying');
    const stopped = await fit(options('cpu', method, { resumeDirectory, signal: abort.signal }));
    expect(stopped).toMatchObject({ status: 'interrupted', steps: 0 });
    const whole = withoutTimes(await fit(options('cpu', method)));
    expect(withoutTimes(await fit(options('cpu', method, { resumeDirectory })))).toEqual(whole);
  });

  test('with β frozen it is set, and does not train', async () => {
    const frozen = lomap({ beta: 'frozen', magnitudes: { rule: 'probed', steps: 2 } });
    const run = options('cpu', frozen);
    const { params, tried } = await fit(run);
    for (const { beta, baseNorm, betaStart } of run.adaptation.summary(params)) {
      expect(beta! / baseNorm).toBeCloseTo(shares[tried!.chosen]!, 6);
      expect(betaStart).toBeNull();
    }
  });

  test('a run that is too short for it says so', async () => {
    const run = options('cpu', method);
    await expect(fit({ ...run, settings: { ...run.settings, maxSteps: 12 } })).rejects.toThrow(
      "Trying 4 starts for 2 steps takes 12 of the run's 12 steps, and none are left.",
    );
  });
});
