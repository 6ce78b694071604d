/** A flag means what the file's key means: the same trials, by id. */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { modelOf } from '@lomap/models';
import { readResults } from '@lomap/results';
import { registry } from '../packages.ts';
import { choiceKeys, planMain, planSearch } from '../plan/plan.ts';
import { fakeIdentity, fakeSweep } from '../testing/fakes.ts';
import { workspaceRoot } from '../workspace.ts';
import { parseNumbers, type SweepFlags } from './flags.ts';
import { readSweepFile } from './read-sweep.ts';
import { checkSweep } from './check-sweep.ts';
import { cellOf, type Sweep } from './sweep.ts';

const search = { task: 'mrpc', seeds: [1001], learningRates: [1e-4, 1e-3] };

function ids(sweep: Sweep): string[] {
  const choices = new Map(choiceKeys(sweep).map((key) => [key, { learningRate: 1e-3, notes: [] }]));
  return [...planSearch(sweep, fakeIdentity), ...planMain(sweep, fakeIdentity, choices)].map(({ id }) => id);
}

const everywhere = {
  base: { training: { learningRate: 1 }, method: { rank: 3 } },
  tasksOverrides: { rte: { training: { learningRate: 2 }, method: { rank: 5 } } },
  methodsOverrides: { lora: { training: { learningRate: 3 }, method: { rank: 6 } } },
  methods: ['head', 'lora', { label: 'own', name: 'lomap', rank: 7, training: { learningRate: 4 } }],
};
const plain = { methods: ['head', 'lora', { label: 'own', name: 'lomap' }] };

describe('trials of a flag are those of a file that says so', () => {
  test.each<[string, object, SweepFlags, object]>([
    [
      '--learning-rate, over a search',
      { search },
      { learningRates: [0.5] },
      { base: { training: { learningRate: 0.5 } } },
    ],
    ['--learning-rates, over a search', { search }, { learningRates: [0.5, 0.1] }, { learningRates: [0.5, 0.1] }],
    [
      '--learning-rate, over a list',
      { learningRates: [1, 2] },
      { learningRates: [0.5] },
      { base: { training: { learningRate: 0.5 } } },
    ],
    ['--no-search', { search }, { noSearch: true }, {}],
    ['--no-search without one', { learningRates: [1, 2] }, { noSearch: true }, { learningRates: [1, 2] }],
    ['--rank', {}, { ranks: [4] }, { base: { method: { rank: 4 } } }],
    [
      '--rank of several',
      { methods: ['lora'] },
      { ranks: [2, 4] },
      { methods: [{ label: 'lora', name: 'lora', rank: [2, 4] }] },
    ],
    ['--max-dev-samples', { search }, { maxDevSamples: 50 }, { search, maxDevSamples: 50 }],
  ])('%s', (_, file, flags, written) => {
    const trials = ids(fakeSweep(file, flags));
    expect(trials.length).toBeGreaterThan(0);
    expect(trials).toEqual(ids(fakeSweep({ ...(written as { methods?: unknown }) })));
  });

  test('wherever the file says something else', () => {
    const flagged = fakeSweep(everywhere, { learningRates: [0.5], ranks: [4] });
    const said = fakeSweep({ ...plain, base: { training: { learningRate: 0.5 }, method: { rank: 4 } } });
    expect(ids(flagged)).toEqual(ids(said));
  });

  test('--rank reaches methods that --methods adds, and an unsearched file is only what it was', () => {
    const sweep = fakeSweep({}, { methods: ['head', 'lomap'], ranks: [4] });
    expect(cellOf(sweep, 'rte', 'lomap').method.rank).toBe(4);
    expect(cellOf(sweep, 'rte', 'head').method.rank).toBeNull();
    expect(() => fakeSweep({ methods: ['head'] }, { ranks: [4] })).toThrow('--rank: no method of the sweep has a rank');
  });
});

test('dev rows are a setting of main trials alone, absent without a limit', () => {
  const sweep = fakeSweep({ search, maxDevSamples: 50 });
  for (const { settings } of planSearch(sweep, fakeIdentity)) expect(settings).not.toHaveProperty('maxDevSamples');
  const choices = new Map(choiceKeys(sweep).map((key) => [key, { learningRate: 1e-3, notes: [] }]));
  for (const { settings } of planMain(sweep, fakeIdentity, choices)) expect(settings.maxDevSamples).toBe(50);
  expect(planMain(fakeSweep(), fakeIdentity, new Map())[0]!.settings).not.toHaveProperty('maxDevSamples');
});

describe('a search whose task --tasks leaves out', () => {
  const file = { search, tasks: ['rte', 'mrpc', 'sst2'] };

  test('is on the first task of --tasks, and that is said', () => {
    const sweep = fakeSweep(file, { tasks: ['SST-2', 'rte'] });
    expect(sweep.search?.task).toBe('sst2');
    expect(sweep.notes).toEqual([
      expect.stringContaining("on sst2, the first of --tasks: the file's mrpc is not among them"),
    ]);
    expect([...new Set(planSearch(sweep, fakeIdentity).map(({ settings }) => settings.task))]).toEqual(['sst2']);
  });

  test.each<[string, object, SweepFlags]>([
    ['among them', file, { tasks: ['rte', 'MRPC'] }],
    ['never reported by the file', { ...file, tasks: ['rte', 'sst2'] }, { tasks: ['rte'] }],
    ['no flag', file, {}],
  ])('stays where it is: %s', (_, changes, flags) => {
    const sweep = fakeSweep(changes, flags);
    expect(sweep.search?.task).toBe('mrpc');
    expect(sweep.notes).toEqual([]);
  });

  test('of each task is of each that is left', () => {
    expect(fakeSweep({ ...file, search: { ...search, task: 'each' } }, { tasks: ['rte'] }).search?.task).toBeNull();
  });
});

test('modules by role are the trial that names them', () => {
  const identity = { ...fakeIdentity, roles: { query: ['query'], value: ['v_proj'] } };
  const planned = (targetModules: readonly string[]) =>
    planMain(fakeSweep({ methods: [{ label: 'a', name: 'lora', targetModules }] }), identity, new Map());
  const [byRole, byName] = [planned(['@query', '@value']), planned(['query', 'v_proj'])];
  expect(byRole[0]!.settings.method.targetModules).toEqual(['query', 'v_proj']);
  expect(byRole.map(({ id }) => id)).toEqual(byName.map(({ id }) => id));
});

test('a plain run of glue-minilm finds its committed trials, search and all', async () => {
  const path = join(workspaceRoot, 'experiments', 'sweeps', 'glue-minilm.json');
  const { results } = await readResults(join(workspaceRoot, 'results', 'glue-minilm'));
  const sweep = checkSweep(path, readSweepFile(path), registry());
  const [{ trial }] = results as [(typeof results)[number]];
  const data = new Map(results.map(({ trial: { settings } }) => [settings.task, settings.data]));
  const sizes = { vocab_size: 1, hidden_size: 1, num_hidden_layers: 1, num_attention_heads: 1, intermediate_size: 1 };
  const { roles } = modelOf({ model_type: trial.settings.model.type, ...sizes }, 'config.json');
  const identity = { model: trial.settings.model, roles, data, plugins: [], corpus: '' };
  const chosen = new Map(
    results.flatMap(({ trial: { purpose, settings } }) =>
      purpose === 'main' ? [[settings.method.label, { learningRate: settings.training.learningRate, notes: [] }]] : [],
    ),
  );
  const planned = [...planSearch(sweep, identity), ...planMain(sweep, identity, chosen)].map(({ id }) => id);
  expect(planned.sort()).toEqual(results.map((result) => result.trial.id).sort());
});

describe('--learning-rate and --rank', () => {
  test('are lists of numbers', () => {
    expect(parseNumbers('learning-rate', '1e-3, .03', 'positive')).toEqual([1e-3, 0.03]);
    expect(parseNumbers('rank', '8', 'whole')).toEqual([8]);
  });

  test.each(['0', '-1', 'x', '1,,2', '', '1,1.0', '0x', 'NaN', 'Infinity', '1e400'])('not %j', (text) => {
    expect(() => parseNumbers('learning-rate', text, 'positive')).toThrow('--learning-rate');
  });

  test.each(['0', '1.5', '1e400'])('no rank is %s', (text) => {
    expect(() => parseNumbers('rank', text, 'whole')).toThrow('--rank');
  });
});
