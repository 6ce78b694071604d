/** A made-up sweep's folder, for tests of packing it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { trialFolderName } from '../identity.ts';
import type { Prediction } from '../predictions.ts';
import type { TrialResult } from '../schema/result.ts';
import { fakeResult, type FakeResult } from '../testing.ts';
import { writeResult } from '../writer.ts';

const matrix = { baseNorm: 2, deltaNorm: 1 / 3, alphaChange: null, beta: null, betaStart: null };
const turn = { magnitude: 0.1, direction: 1e-7, correlation: null };
const point = { step: 1, path: 'fake.query', ...turn, random: turn, relativeNorm: 0.3, alphaChange: null, beta: 0.5 };

/** A trial of so many steps, with everything that a result may have. */
export function fakeTrial(fake: FakeResult, steps: number): TrialResult {
  const ramp = Array.from({ length: steps }, (_, k) => Math.fround(1 / (k + 3)));
  return fakeResult({
    ...fake,
    trial: {
      steps,
      curves: {
        loss: ramp,
        learningRate: ramp,
        gradientNorm: { adapter: ramp, head: ramp },
        clippingFactor: { adapter: ramp.map(() => 1), head: ramp },
      },
      matrices: [
        { path: 'fake.query', updateNorm: 0.1, ...matrix },
        { path: 'fake.value', updateNorm: 0.2, ...matrix, rank: 3 },
      ],
      geometry: { points: [point, { ...point, step: 2 }], random: [{ path: 'fake.query', share: 0.1, ...turn }] },
      notes: ['a note, with a comma', '"quoted"'],
      ...fake.trial,
    },
  });
}

/** Trials short and long, of two tasks, one of a search. */
export function fakeTrials(): TrialResult[] {
  return [
    fakeTrial({ task: 'cola', label: 'lora', seed: 1, metric: 'matthews_correlation', score: 0 }, 2),
    fakeTrial({ task: 'cola', label: 'lora', seed: 2, score: 1 / 3 }, 250),
    fakeTrial({ task: 'stsb', label: 'lomap+r=4', method: 'lomap', rank: 4, learningRate: 3e-4 }, 100),
    fakeTrial({ task: 'stsb', label: 'head', purpose: 'search', score: -0.2, provenance: { commit: null } }, 101),
  ];
}

/** What a trial predicted: two classes on cola, one value on stsb, nothing in a search. */
export function fakePredictions({ trial }: TrialResult): Prediction[] {
  if (trial.purpose === 'search') return [];
  const logits = trial.settings.task === 'cola' ? [0.25, Math.fround(-1 / 3)] : [3.5];
  return [0, 1, 5].map((index) => ({
    split: 'dev',
    index,
    label: index % 2,
    logits: logits.map((value) => Math.fround(value * (index + trial.settings.seed))),
  }));
}

/** Writes each trial's folder. */
export async function writeFolders(directory: string, trials: readonly TrialResult[]): Promise<void> {
  for (const result of trials) {
    const folder = join(directory, trialFolderName(result.trial.settings, result.trial.id));
    await writeResult(folder, result, fakePredictions(result));
  }
}

/** Every file below a directory, by its path in it. */
export async function filesIn(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const pairs = files
    .sort()
    .map(async (file) => [file.slice(directory.length + 1), await readFile(file, 'latin1')] as const);
  return Object.fromEntries(await Promise.all(pairs));
}
