/** Made-up trials that recorded the geometry of their updates, for the specs of this package. */
import type { Geometry, TrialResult } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';
import { FAKE_MAP } from './fake-sweep.ts';

const MATRICES = ['query', 'key', 'value', 'output.dense'];
const LAYERS = [0, 1, 2];
const SHARES = [0.01, 0.1];

/**
 * In `positive` methods ΔM grows with ΔD within a layer, in `negative` ones it falls; both grow with the checkpoint, so
 * that pooled correlations are positive. Random updates follow ΔM ∝ ΔD.
 */
export function fakeGeometry(label: string, seed: number, sign: 1 | -1, task = 'sst2'): TrialResult {
  const points = [1, 2].flatMap((step) =>
    LAYERS.flatMap((layer) =>
      MATRICES.map((name, m): Geometry['points'][number] => ({
        ...{ step, path: `fake.encoder.layer.${layer}.${name}` },
        magnitude: step * (1 + 0.01 * sign * m + 0.001 * seed),
        direction: 0.1 * step * (1 + 0.01 * m),
        correlation: 0.5 * sign,
        random: { magnitude: step * (1 + 0.01 * m), direction: 0.1 * step * (1 + 0.01 * m), correlation: 0.25 },
        relativeNorm: 0.05 * step,
        ...(label === 'lomap'
          ? { alphaChange: 0.001 * step, beta: 1 + 0.1 * step }
          : { alphaChange: null, beta: null }),
      })),
    ),
  );
  const random = SHARES.flatMap((share) =>
    LAYERS.flatMap((layer) =>
      MATRICES.map((name, m) => ({
        ...{ path: `fake.encoder.layer.${layer}.${name}`, share, correlation: 0.2 },
        magnitude: share * (1 + 0.01 * m),
        direction: 0.1 * share * (1 - 0.01 * m),
      })),
    ),
  );
  const result = fakeResult({
    ...{ sweep: 'fake-geometry', label, task, seed, score: 0.8, trial: { geometry: { points, random } } },
    ...(label === 'lomap' ? { map: FAKE_MAP } : {}),
  });
  const settings = { ...result.trial.settings, geometry: { checkpoints: 2, randomRank: 8, randomShares: SHARES } };
  return { ...result, trial: { ...result.trial, settings } };
}

export function fakeGeometrySweep(seeds = 3): TrialResult[] {
  const methods = [
    ['full', -1],
    ['lora', 1],
    ['lomap', 1],
  ] as const;
  return methods.flatMap(([label, sign]) => Array.from({ length: seeds }, (_, i) => fakeGeometry(label, i + 1, sign)));
}
