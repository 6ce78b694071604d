/** Made-up sweeps to open in a browser. */
import { join } from 'node:path';
import { trialFolderName, writeResult, type TrialResult } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';

/** What a hostile sweep would like to run; every label, note and path of it is made of these. */
export const IMAGE = '<img src=x onerror="document.title=1">';
export const SCRIPT = '</script><script>alert("run")</script>';

/** Three methods on two tasks with four seeds, on synthetic data, with long curves. */
export function plainSweep(): TrialResult[] {
  return ['lora', 'dora', 'lomap'].flatMap((label, m) =>
    ['cola', 'rte'].flatMap((task, t) =>
      [1, 2, 3, 4].map((seed) => longCurve(fakeResult({ label, task, seed, score: 0.7 + score(m, t, seed) }))),
    ),
  );
}

/** A sweep whose names, notes and provenance are markup, and one trial that searches. */
export function hostileSweep(): TrialResult[] {
  const hostile = ['lora', IMAGE, SCRIPT].flatMap((label, m) =>
    [1, 2].map((seed) =>
      fakeResult({
        ...{ label, seed, task: IMAGE, metric: SCRIPT, sweep: 'hostile', score: 0.6 + score(m, 0, seed) },
        model: { name: SCRIPT, type: IMAGE, sha256: 'a'.repeat(64) },
        trial: { notes: [IMAGE, `note ${SCRIPT}`] },
        provenance: { processor: SCRIPT, os: IMAGE, versions: { [IMAGE]: SCRIPT } },
      }),
    ),
  );
  return [...hostile, fakeResult({ label: SCRIPT, task: IMAGE, purpose: 'search', seed: 100 })];
}

export async function writeSweep(folder: string, results: readonly TrialResult[]): Promise<void> {
  for (const [i, result] of results.entries()) {
    const name = trialFolderName(result.trial.settings, result.trial.id).replaceAll(/[^\w.-]/g, '_');
    await writeResult(join(folder, `${i}-${name}`), result);
  }
}

/** Differences that three seeds leave in doubt, in every order of the rows. */
function score(method: number, task: number, seed: number): number {
  return 0.01 * ((method * 2 + task) % 3) + 0.004 * Math.sin(3 * seed + method);
}

function longCurve(result: TrialResult): TrialResult {
  const loss = Array.from({ length: 1000 }, (_, i) => 2 * Math.exp(-i / 200) + 0.1 * Math.abs(Math.sin(i)));
  return { ...result, trial: { ...result.trial, steps: loss.length, curves: { ...result.trial.curves, loss } } };
}
