/** Made-up trials that measured forgetting, for the specs of this package. */
import { trialId, type TrialResult } from '@lomap/results';
import { fakeResult, type FakeResult } from '@lomap/results/testing';

/** What an epoch measured; score and previous score in [0, 1], loss in nats. */
export interface FakeEpoch {
  readonly score: number;
  readonly norm: number;
  readonly loss?: number;
  readonly previous?: number;
}

/** Before training: 2 nats, and 90 points of accuracy on MRPC learned before. */
const BEFORE = { loss: 2, previous: 0.9 };

/** A trial with these epochs; `before: false` leaves out what was measured before training. */
export function fakeForgetting(fake: FakeResult, epochs: readonly FakeEpoch[], { before = true } = {}): TrialResult {
  const result = fakeResult({ ...fake, score: epochs.at(-1)?.score ?? 0.5 });
  const { trial } = result;
  const losses = epochs.some(({ loss }) => loss !== undefined);
  const previous = epochs.some((epoch) => epoch.previous !== undefined);
  const settings: TrialResult['trial']['settings'] = {
    ...trial.settings,
    forgetting: {
      maskedLm: losses ? { corpus: 'fake-corpus', texts: 10 } : null,
      previous: previous
        ? { task: 'mrpc', dataSha256: 'fa4e'.repeat(16), learningRate: 1e-3, epochs: 3, maxTrainSamples: null }
        : null,
    },
  };
  const measures = (norm: number, loss?: number, score?: number) => ({
    update_norm: norm,
    ...(loss === undefined ? {} : { masked_lm_loss: loss, masked_lm_accuracy: 0.5 }),
    ...(score === undefined ? {} : { previous_accuracy: score, previous_f1: 0.1 }),
  });
  return {
    ...result,
    trial: {
      ...trial,
      ...{ id: trialId(settings), settings, chosenEpoch: epochs.length },
      epochs: epochs.map(({ score, norm, loss, previous: kept }, i) => ({
        ...{ epoch: i + 1, step: 10 * (i + 1) },
        scores: { [trial.primary.metric]: score, ...measures(norm, loss, kept) },
      })),
      ...(before && {
        beforeTraining: measures(0, losses ? BEFORE.loss : undefined, previous ? BEFORE.previous : undefined),
      }),
    },
  };
}

/** How a fake method learns and forgets: nats a unit of norm, and how far a learning rate moves it. */
interface FakeMethod {
  readonly label: string;
  readonly reach: number;
  readonly speed: number;
  readonly cost: number;
}

const METHODS: readonly FakeMethod[] = [
  { label: 'full', reach: 0.85, speed: 3, cost: 1.4 },
  { label: 'lora', reach: 0.84, speed: 1, cost: 1 },
  { label: 'dora', reach: 0.84, speed: 1.1, cost: 1.02 },
  { label: 'lomap', reach: 0.835, speed: 1.6, cost: 0.6 },
];

const RATES = [1e-4, 3e-4, 1e-3, 3e-3];
const EPOCHS = [1, 2, 3, 4];

/** Head only and four methods on two tasks, ten seeds, four learning rates, four epochs, with noise: synthetic data. */
export function fakeForgettingSweep(seeds = 10, rates: readonly number[] = RATES): TrialResult[] {
  const numbers = Array.from({ length: seeds }, (_, i) => i + 1);
  return numbers.flatMap((seed) =>
    ['cola', 'rte'].flatMap((task, t) =>
      rates.flatMap((learningRate, l) => [
        fakeForgetting(
          { task, label: 'head', seed, learningRate, sweep: 'fake-forgetting' },
          EPOCHS.map((e) => ({ score: 0.58 + 0.01 * noise(t, seed, l, e), norm: 0, loss: 2, previous: 0.9 })),
        ),
        ...METHODS.map(({ label, reach, speed, cost }, m) =>
          fakeForgetting(
            { task, label, seed, learningRate, sweep: 'fake-forgetting' },
            EPOCHS.map((e) => {
              const norm = speed * (learningRate / 1e-3) ** 0.8 * e ** 0.5 * (1 + 0.1 * noise(m, seed, l, e + t));
              const score = 0.55 + (reach - 0.55 - 0.05 * t) * (1 - Math.exp((-2.5 * norm) / speed));
              const forgotten = 0.12 * cost * norm ** 1.3 * (1 + 0.08 * noise(m + t, l, seed, e));
              return {
                score: score + 0.008 * noise(seed, m, t + l, e),
                ...{ norm, loss: 2 + forgotten, previous: 0.9 - 0.15 * Math.tanh(forgotten) },
              };
            }),
          ),
        ),
      ]),
    ),
  );
}

/** A number in [-1, 1] that looks random and depends on the four alone. */
function noise(a: number, b: number, c: number, d: number): number {
  return Math.sin(12.9898 * a + 78.233 * b + 37.719 * c + 4.581 * d + 1);
}
