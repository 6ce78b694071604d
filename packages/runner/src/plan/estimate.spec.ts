/** Steps of each method as the cost model says from LoRA's in the same committed sweep, beside what they took: ESTIMATES=1 prints all. */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readResults, type TrialResult } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';
import { median } from '@lomap/statistics';
import { fakeIdentity, fakeRegistry, fakeSweep } from '../testing/fakes.ts';
import { workspaceRoot } from '../workspace.ts';
import { estimateSeconds, stepSeconds, trialSteps, type Known, type TaskSize } from './estimate.ts';
import { planMain } from './plan.ts';
import { stepWork, type Linear, type ModelSize } from './step-work.ts';

/** BERT's linear maps: four [h, h] and two of [h, 4h] a layer. */
function bert(layers: number, hidden: number, trained: ModelSize['trained']): ModelSize {
  const layer: Linear[] = [
    ...Array.from({ length: 4 }, () => ({ in: hidden, out: hidden })),
    ...[
      { in: hidden, out: 4 * hidden },
      { in: 4 * hidden, out: hidden },
    ],
  ];
  const linears = Array.from({ length: layers }, () => layer).flat();
  return { linears, adapted: ({ targetModules }) => (targetModules === null ? [] : linears), trained };
}

/** Mean tokens of the training rows with the sweeps' own models. */
const tokens: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  small: { cola: 10.4, sst2: 11.8, stsb: 24.5, rte: 30.7, wnli: 17.2 },
  minilm: { cola: 12.2, sst2: 13.3, stsb: 19, rte: 67.4, mrpc: 53 },
};

function sizes(model: string): Map<string, TaskSize> {
  return new Map(
    Object.entries(tokens[model]!).map(([task, mean]) => [task, { rows: 1000, devRows: 100, tokens: () => mean }]),
  );
}

interface Row {
  readonly cell: string;
  readonly measured: number;
  readonly estimated: number;
}

/** Every cell of a sweep: the median of its trials' steps, and the estimate from LoRA's of the same task. */
async function compared(sweep: string, kind: 'small' | 'minilm'): Promise<Row[]> {
  const { results } = await readResults(join(workspaceRoot, 'results', sweep));
  const main = results.filter(({ trial }) => trial.purpose === 'main');
  const counts = new Map(
    main.map(({ trial }) => [keyOf(trial.settings.method), trial.parameters.adapter + trial.parameters.head]),
  );
  const trained: ModelSize['trained'] = (method) => counts.get(keyOf(method)) ?? 0;
  const model = kind === 'small' ? bert(4, 128, trained) : bert(6, 384, trained);
  const isReference = ({
    trial: {
      settings: { method },
    },
  }: TrialResult): boolean => method.name === 'lora' && method.rank === 8;
  const known: Known = { model, sizes: sizes(kind), finished: main.filter(isReference), probe: null };
  const cells = new Map<string, TrialResult[]>();
  for (const result of main.filter((each) => !isReference(each))) {
    const { task, method } = result.trial.settings;
    const cell = `${task} ${method.label}`;
    cells.set(cell, [...(cells.get(cell) ?? []), result]);
  }
  return [...cells].map(([cell, own]) => ({
    cell: `${sweep} ${cell}`,
    measured: median(own.map(stepOf)),
    estimated: stepSeconds(own[0]!.trial.settings, known),
  }));
}

/** The middle step where steps were timed, which pauses of the machine do not change; else the mean. */
function stepOf({ trial, measured }: TrialResult): number {
  return measured.stepMilliseconds ? measured.stepMilliseconds.median / 1000 : measured.seconds['train']! / trial.steps;
}

const keyOf = ({ label: _label, ...method }: TrialResult['trial']['settings']['method']): string =>
  JSON.stringify(method);

describe('a step of every method, from LoRA’s', () => {
  /**
   * Cells whose estimate is within 30 %, as a pattern of their names. The others of coupling ran on a loaded machine, or their
   * LoRA did; so did the LoMAP cells with MiniLM, on another day than LoRA.
   */
  test.each([
    ['efficiency', 'small', /./],
    ['synthetic', 'small', /./],
    ['rank', 'small', /./],
    ['coupling', 'small', / stsb /],
    ['ablation-magnitude-glue', 'minilm', / (head|full)$/],
  ] as const)('of %s takes what the estimate says', async (sweep, kind, bounded) => {
    const rows = await compared(sweep, kind);
    const ratios = rows.map(({ cell, measured, estimated }) => ({ cell, ratio: estimated / measured }));
    if (process.env['ESTIMATES'])
      console.log(ratios.map(({ cell, ratio }) => `${cell}: ${ratio.toFixed(2)}`).join('\n'));
    const checked = ratios.filter(({ cell }) => bounded.test(cell));
    expect(checked.length).toBeGreaterThan(3);
    expect(checked.filter(({ ratio }) => Math.abs(ratio - 1) > 0.3)).toEqual([]);
  });
});

describe('an estimate', () => {
  const known: Known = {
    model: bert(2, 64, () => 1000),
    sizes: new Map(fakeRegistry.tasks.map((name) => [name, { rows: 1000, devRows: 100, tokens: () => 20 }])),
    ...{ finished: [], probe: null },
  };
  const trials = planMain(fakeSweep(), fakeIdentity, new Map());
  const lora = trials.find(({ settings }) => settings.method.name === 'lora')!;

  test('counts steps as training does', () => {
    const { settings } = trials[0]!;
    expect(trialSteps(settings, 1000)).toBe(3 * Math.ceil(900 / 32));
    expect(trialSteps({ ...settings, training: { ...settings.training, maxTrainSamples: 64 } }, 1000)).toBe(6);
    expect(trialSteps({ ...settings, training: { ...settings.training, maxSteps: 5 } }, 1000)).toBe(5);
  });

  test('is nothing when nothing is left, and halves with two jobs', () => {
    expect(estimateSeconds([], known, 2)).toBe(0);
    expect(estimateSeconds(trials, known, 1)).toBeCloseTo(2 * estimateSeconds(trials, known, 2));
  });

  test('of the probe’s own trial is the probe’s step, and of others in proportion to their work', () => {
    const probed: Known = { ...known, probe: { settings: lora.settings, stepSeconds: 0.5, startSeconds: 2 } };
    expect(stepSeconds(lora.settings, probed)).toBeCloseTo(0.5);
    const head = {
      ...lora.settings,
      method: { ...lora.settings.method, name: 'head', rank: null, targetModules: null },
    };
    expect(stepSeconds(head, probed)).toBeLessThan(0.25);
  });

  test('of what has finished is what it took, whatever was probed', () => {
    const result = fakeResult({ training: lora.settings.training });
    const finished: TrialResult[] = [
      {
        ...result,
        trial: { ...result.trial, settings: lora.settings, steps: 2 },
        measured: { ...result.measured, seconds: { train: 3, total: 4 } },
      },
    ];
    const probe = { settings: lora.settings, stepSeconds: 0.5, startSeconds: 2 };
    expect(stepSeconds({ ...lora.settings, seed: 9 }, { ...known, finished, probe })).toBeCloseTo(1.5);
  });

  test('grows with the rank, the magnitudes and what trains', () => {
    const work = (changes: Partial<typeof lora.settings.method>, trained = 1000): number =>
      stepWork({ ...lora.settings.method, ...changes }, { ...known.model, trained: () => trained }, 640, 1);
    expect(work({ rank: 64 })).toBeGreaterThan(work({}));
    expect(work({ name: 'dora' })).toBeGreaterThan(work({}));
    expect(work({ name: 'bora' })).toBeGreaterThan(work({ name: 'dora' }));
    expect(work({ name: 'map+vera', rank: 256 })).toBeGreaterThan(work({ name: 'vera', rank: 256 }));
    expect(work({ name: 'full' }, 1e6)).toBeGreaterThan(work({ name: 'full' }, 1e5));
    expect(work({ name: 'head' })).toBeLessThan(work({ name: 'bitfit' }));
  });
});
