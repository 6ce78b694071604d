/** Made-up sweeps for the specs of this package. */
import type { TrialResult } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';

const TASKS = [
  { task: 'cola', metric: 'matthews', base: 0.3 },
  { task: 'mrpc', metric: 'accuracy', base: 0.82 },
  { task: 'rte', metric: 'accuracy', base: 0.6 },
  { task: 'stsb', metric: 'pearson_spearman', base: 0.87 },
];

const METHODS = [
  { label: 'head', gain: -0.1 },
  { label: 'lora', gain: 0 },
  { label: 'dora', gain: 0.004 },
  { label: 'lomap', gain: 0.007 },
];

/** MAP's settings in made-up trials: the published recipe. */
export const FAKE_MAP = {
  start: 'paper',
  baseScope: 'global',
  deltaScope: 'global',
  alpha: 'learned',
  beta: 'learned',
  parametrization: 'raw',
  betaStart: { absolute: 1 },
  scalarLearningRateMultiplier: 1,
  epsilon: 1e-6,
  epsilonMode: 'add',
  detachNorm: false,
} as const;

const RATES = [3e-4, 1e-3, 3e-3];

/** Four methods on four tasks with three seeds, and a learning-rate search on one of them. */
export function fakeSweep(): TrialResult[] {
  const mains = TASKS.flatMap(({ task, metric, base }, t) =>
    METHODS.flatMap(({ label, gain }, m) =>
      [1, 2, 3].map((seed) => fakeResult({ task, metric, label, seed, score: base + gain + wobble(m + 5 * t, seed) })),
    ),
  );
  const searches = METHODS.flatMap(({ label, gain }, m) =>
    RATES.map((learningRate, i) => {
      const score = 0.8 + gain + [-0.02, 0.01, 0][i]! + wobble(m, i);
      return fakeResult({ task: 'mrpc', label, purpose: 'search', seed: 100, learningRate, score });
    }),
  );
  return [...mains, ...searches];
}

/** LoRA and five cells of LoMAP on one task with two seeds. */
export function fakeAblation(): TrialResult[] {
  const cells = ['lora', 'α frozen, β frozen', 'α learned, β learned', 'paper', 'scalars ×10', 'scalars ×100'];
  return cells.flatMap((label, m) =>
    [1, 2].map((seed) =>
      fakeResult({
        ...{ task: 'stsb', metric: 'pearson_spearman', sweep: 'fake-ablation', seed, label },
        ...{ method: label === 'lora' ? 'lora' : 'lomap', score: 0.85 + 0.003 * m + wobble(m, seed) },
        ...(label === 'lora' ? {} : { map: { ...FAKE_MAP, scalarLearningRateMultiplier: m } }),
        trial: {
          effectivelyFrozen: label === 'paper',
          matrices: [
            {
              ...{ path: 'fake.query', updateNorm: label === 'lora' ? 0.5 : 1, baseNorm: 20, deltaNorm: 1 },
              ...(label === 'lora'
                ? { alphaChange: null, beta: null, betaStart: null }
                : { alphaChange: 1e-4 * m, beta: 1, betaStart: 1 }),
            },
          ],
        },
      }),
    ),
  );
}

/** A deviation of about half a point that depends on method and seed and looks random. */
export function wobble(method: number, seed: number): number {
  return 0.006 * Math.sin(7 * method + 13 * seed);
}
