/** A made-up sweep of couplings, for the specs of this package. */
import { fakeResult } from '@lomap/results/testing';
import { FAKE_MAP, wobble } from './fake-sweep.ts';

const GAINS = [
  ...[
    ['lora', 0],
    ['loha', -0.02],
    ['vera', -0.04],
  ],
  ...[
    ['dora', 0.004],
    ['edora', -0.03],
    ['dora+vera', -0.03],
  ],
  ...[
    ['lomap', 0.002],
    ['map+loha', 0.01],
    ['map+vera', -0.05],
    ['map+edora', -0.03],
  ],
] as const satisfies readonly (readonly [string, number])[];

/** Three updates and EDoRA's core on two tasks: MAP helps LoHa and LoRA, harms VeRA. */
export function fakeCouplingSweep(seeds = 10) {
  return ['cola', 'sst2'].flatMap((task, t) =>
    GAINS.flatMap(([label, gain], m) =>
      Array.from({ length: seeds }, (_, i) =>
        fakeResult({
          ...{ sweep: 'fake-coupling', task, label, seed: i + 1 },
          score: 0.7 + 0.1 * t + gain + 0.4 * wobble(m + 20 * t, i + 1),
          ...(label.includes('map') ? { map: FAKE_MAP } : {}),
        }),
      ),
    ),
  );
}
