/** A made-up sweep over ranks, for the specs of this package. */
import type { TrialResult } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';
import { FAKE_MAP, wobble } from './fake-sweep.ts';

const METHODS = [
  { name: 'lora', gain: 0, extra: 0 },
  { name: 'dora', gain: 0.004, extra: 500 },
  { name: 'lomap', gain: 0.007, extra: 2 },
  { name: 'lomap', start: 'beta-zero', gain: 0.003, extra: 2 },
] as const;

/** Labels that say nothing of the rank: it is in the settings alone. */
export function fakeRankSweep(ranks: readonly number[] = [1, 4, 16], seeds: readonly number[] = [1, 2, 3]) {
  return ['cola', 'sst2'].flatMap((task, t) =>
    METHODS.flatMap(({ name, gain, extra, ...more }, m) =>
      ranks.flatMap((rank, r) =>
        seeds.map((seed): TrialResult =>
          fakeResult({
            ...{ sweep: 'fake-rank', task, seed, rank, method: name, label: `cell-${m}-${'abcdef'[r]!}` },
            loraAlpha: name === 'lomap' ? 16 : 2 * rank,
            score: 0.7 + 0.1 * t + 0.01 * r + gain + wobble(m + 4 * r + 20 * t, seed),
            parameters: { adapter: 1000 * rank + extra, head: 50, base: 100_000 },
            ...(name === 'lomap' ? { map: { ...FAKE_MAP, ...more } } : {}),
          }),
        ),
      ),
    ),
  );
}
