import { describe, expect, test } from '@jest/globals';
import { trialId } from '@lomap/results';
import fc from 'fast-check';
import { fakeIdentity, fakeRegistry, fakeSweep } from '../testing/fakes.ts';
import { tasksRead } from '../config/sweep.ts';
import { choiceKeys, countMain, countSearch, planMain, planSearch } from './plan.ts';

const subsetOf = (values: readonly string[]) => fc.subarray([...values], { minLength: 1 });
const grids = fc.record({
  tasks: subsetOf(fakeRegistry.tasks),
  methods: subsetOf(fakeRegistry.methods),
  seeds: fc.uniqueArray(fc.nat(1000), { minLength: 1, maxLength: 4 }),
});
const search = { task: 'mrpc', seeds: [1001], learningRates: [1e-4, 1e-3] };

describe('a plan', () => {
  test('has one trial a cell and seed, each with an id and a folder of its own', () => {
    fc.assert(
      fc.property(grids, (grid) => {
        const trials = planMain(fakeSweep(grid), fakeIdentity, new Map());
        expect(trials).toHaveLength(grid.tasks.length * grid.methods.length * grid.seeds.length);
        expect(new Set(trials.map(({ id }) => id)).size).toBe(trials.length);
        expect(new Set(trials.map(({ folder }) => folder)).size).toBe(trials.length);
        for (const trial of trials) expect(trial.id).toBe(trialId(trial.settings));
      }),
      { numRuns: 30 },
    );
  });

  test('gives the same trial the same id in a sweep of another name, order and size', () => {
    fc.assert(
      fc.property(grids, (grid) => {
        const ids = planMain(fakeSweep(grid), fakeIdentity, new Map()).map(({ id }) => id);
        const reversed = {
          name: 'other',
          tasks: [...grid.tasks].reverse(),
          methods: [...grid.methods].reverse(),
          seeds: [...grid.seeds, 5000],
        };
        const others = new Set(planMain(fakeSweep(reversed), fakeIdentity, new Map()).map(({ id }) => id));
        expect(ids.every((id) => others.has(id))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('changes every id with the model, and those of a task with its data', () => {
    const ids = (identity: typeof fakeIdentity) => planMain(fakeSweep(), identity, new Map()).map(({ id }) => id);
    const model = { ...fakeIdentity.model, sha256: 'b'.repeat(64) };
    expect(ids({ ...fakeIdentity, model }).some((id) => ids(fakeIdentity).includes(id))).toBe(false);
    const data = new Map([...fakeIdentity.data, ['rte', { name: 'glue/rte', sha256: 'b'.repeat(64) }]]);
    expect(ids({ ...fakeIdentity, data }).filter((id) => ids(fakeIdentity).includes(id))).toHaveLength(4);
  });

  test('searches with the same budget for every method, never on dev, and reports nothing before the choice', () => {
    const sweep = fakeSweep({ search, tasks: ['rte'] });
    expect(tasksRead(sweep)).toEqual(['rte', 'mrpc']);
    const trials = planSearch(sweep, fakeIdentity);
    expect(
      trials.map(({ settings: s }) => [s.task, s.method.label, s.training.learningRate, s.seed, s.evaluateDev]),
    ).toEqual([
      ['mrpc', 'head', 1e-4, 1001, false],
      ['mrpc', 'head', 1e-3, 1001, false],
      ['mrpc', 'lora', 1e-4, 1001, false],
      ['mrpc', 'lora', 1e-3, 1001, false],
    ]);
    expect(planMain(sweep, fakeIdentity, new Map())).toEqual([]);
    const main = planMain(sweep, fakeIdentity, new Map([['lora', { learningRate: 0.5, notes: ['chosen'] }]]));
    expect(
      main.map(({ settings, notes }) => [
        settings.method.label,
        settings.training.learningRate,
        settings.evaluateDev,
        notes,
      ]),
    ).toEqual([1, 2].map(() => ['lora', 0.5, true, ['chosen']]));
  });
});

describe('learningRates', () => {
  const learningRates = [1e-3, 1e-2];

  test('trains every method at each of them', () => {
    const sweep = fakeSweep({ learningRates, tasks: ['rte'], methods: ['head', 'lora'], seeds: [1] });
    const trials = planMain(sweep, fakeIdentity, new Map());
    expect(trials.map(({ settings: s }) => [s.method.label, s.training.learningRate])).toEqual([
      ['head', 1e-3],
      ['head', 1e-2],
      ['lora', 1e-3],
      ['lora', 1e-2],
    ]);
    expect(countMain(sweep)).toBe(4);
    expect(new Set(trials.map(({ folder }) => folder)).size).toBe(4);
  });

  test.each([
    { search },
    { base: { training: { learningRate: 1 } } },
    { methodsOverrides: { lora: { training: { learningRate: 1 } } } },
  ])('and %j cannot both say the rate', (other) => {
    expect(() => fakeSweep({ learningRates, ...other })).toThrow(/learningRates?: .*remove one of the two/);
  });
});

describe('a search on each task', () => {
  const sweep = fakeSweep({ search: { ...search, task: 'each' }, tasks: ['rte', 'mrpc'], methods: ['lora'] });

  test('has trials and a choice for every task', () => {
    expect(planSearch(sweep, fakeIdentity).map(({ settings }) => settings.task)).toEqual([
      'rte',
      'rte',
      'mrpc',
      'mrpc',
    ]);
    expect(countSearch(sweep)).toBe(4);
    expect(choiceKeys(sweep)).toEqual(['rte/lora', 'mrpc/lora']);
    const choices = new Map([['mrpc/lora', { learningRate: 0.5, notes: [] }]]);
    const main = planMain(sweep, fakeIdentity, choices);
    expect(main.map(({ settings: s }) => [s.task, s.training.learningRate])).toEqual([
      ['mrpc', 0.5],
      ['mrpc', 0.5],
    ]);
  });
});

test('a table of learning rates gives every cell its own, and none may be missing', () => {
  const learningRates = { rte: { head: 0.1, lora: 0.2 }, mrpc: { head: 0.3, lora: 0.4 } };
  const trials = planMain(fakeSweep({ learningRates, seeds: [1] }), fakeIdentity, new Map());
  expect(trials.map(({ settings }) => settings.training.learningRate)).toEqual([0.1, 0.2, 0.3, 0.4]);
  expect(() => fakeSweep({ learningRates: { rte: learningRates.rte, mrpc: { head: 0.3 } } })).toThrow(
    'learningRates.mrpc.lora: missing',
  );
});

describe('geometry', () => {
  test('is a setting of main trials alone, with the random updates’ defaults', () => {
    const sweep = fakeSweep({ geometry: { checkpoints: 5 }, search });
    for (const { settings } of planSearch(sweep, fakeIdentity)) expect(settings).not.toHaveProperty('geometry');
    const choices = new Map(['head', 'lora'].map((label) => [label, { learningRate: 1, notes: [] }]));
    const trials = planMain(sweep, fakeIdentity, choices);
    expect(trials[0]!.settings.geometry).toEqual({
      ...{ checkpoints: 5, randomRank: 8, randomShares: [0.003, 0.01, 0.03, 0.1, 0.3] },
    });
  });

  test('and a process for each trial leave the ids of other sweeps as they are', () => {
    const ids = (changes: object) => planMain(fakeSweep(changes), fakeIdentity, new Map()).map(({ id }) => id);
    expect(ids({ ownProcess: true })).toEqual(ids({}));
    expect(ids({ geometry: { checkpoints: 5 } })).not.toEqual(ids({}));
    expect(() => fakeSweep({ geometry: { checkpoints: 0 } })).toThrow();
  });
});

describe('forgetting', () => {
  const previous = { task: 'SST-2', learningRate: 1e-3, epochs: 2 };

  test('is a part of the settings and of the id, with the data of the task learned before', () => {
    const sweep = fakeSweep({ forgetting: { maskedLmTexts: 100, previous }, tasks: ['rte'] });
    expect(tasksRead(sweep)).toEqual(['rte', 'sst2']);
    const [trial] = planMain(sweep, fakeIdentity, new Map());
    expect(trial?.settings.forgetting).toEqual({
      maskedLm: { corpus: 'fake-v1', texts: 100 },
      previous: {
        task: 'sst2',
        learningRate: 1e-3,
        epochs: 2,
        maxTrainSamples: null,
        dataSha256: fakeIdentity.data.get('sst2')?.sha256,
      },
    });
    const [plain] = planMain(fakeSweep({ tasks: ['rte'] }), fakeIdentity, new Map());
    expect(plain?.settings).not.toHaveProperty('forgetting');
    expect(trial?.id).not.toBe(plain?.id);
  });

  test('search trials do not measure it', () => {
    const sweep = fakeSweep({ forgetting: { maskedLmTexts: 100 }, search });
    for (const { settings } of planSearch(sweep, fakeIdentity)) expect(settings).not.toHaveProperty('forgetting');
  });

  test.each([
    [{}, 'expected maskedLmTexts, previous or both'],
    [{ previous: { ...previous, task: 'sst3' } }, 'there is no task "sst3"'],
  ])('%j is an error', (forgetting, message) => {
    expect(() => fakeSweep({ forgetting })).toThrow(message);
  });
});
