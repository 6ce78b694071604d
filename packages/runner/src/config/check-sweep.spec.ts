import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { registry } from '../packages.ts';
import { fakeRegistry, fakeSweep } from '../testing/fakes.ts';
import { workspaceRoot } from '../workspace.ts';
import { parseSeeds } from './flags.ts';
import { readSweepFile, SweepFileError } from './read-sweep.ts';
import { checkSweep } from './check-sweep.ts';
import { cellOf } from './sweep.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-sweep-'));

function problemsOf(value: unknown): readonly string[] {
  const path = join(folder, 'sweep.json');
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  try {
    checkSweep(path, readSweepFile(path), fakeRegistry);
  } catch (error) {
    if (error instanceof SweepFileError) {
      expect(error.message).toContain(path);
      return error.problems;
    }
    throw error;
  }
  return [];
}

const valid = { name: 'x', tasks: ['rte'], methods: ['lora'], seeds: [1] };

describe('a sweep file', () => {
  test('tells all unknown keys and wrong types at once, with paths and nearest keys', () => {
    const problems = problemsOf({
      ...valid,
      sedes: [1],
      base: { training: { batchsize: 32, epochs: '3' }, trainig: {} },
      methods: ['lora', { label: 'a', name: 'lomap', map: { startt: 'paper', epsilonMode: 'sum' } }],
      methodsOverrides: { lora: { training: { learningrate: 1 } } },
    });
    expect(problems).toContainEqual('sedes: unknown key. Did you mean "seeds"?');
    expect(problems).toContainEqual('base.training.batchsize: unknown key. Did you mean "batchSize"?');
    expect(problems).toContainEqual('base.trainig: unknown key. Did you mean "training"?');
    expect(problems).toContainEqual('methods[1].map.startt: unknown key. Did you mean "start"?');
    expect(problems).toContainEqual(
      'methodsOverrides.lora.training.learningrate: unknown key. Did you mean "learningRate"?',
    );
    expect(problems.filter((line) => line.startsWith('base.training.epochs: expected a number'))).toHaveLength(1);
    expect(problems.filter((line) => line.startsWith('methods[1].map.epsilonMode'))).toHaveLength(1);
  });

  test('tells all unknown names, duplicates and settings without effect at once', () => {
    const problems = problemsOf({
      name: 'x',
      tasks: ['rtee', 'mrpc', 'MRPC'],
      methods: ['lorra', { label: 'h', name: 'head', rank: 4 }, { label: 'big', name: 'lora', rank: 128 }],
      seeds: [1, 1],
      methodsOverrides: { bigg: {} },
      base: { engine: { device: 'webgpuu' }, training: { learningRate: 1e-3 } },
      search: { task: 'mrpc', seeds: [1], learningRates: [1e-3] },
    });
    const expected = [
      'tasks[0]: there is no task "rtee". Did you mean "rte"?',
      'tasks: mrpc is there twice',
      'methods[0]: there is no method "lorra"',
    ];
    expected.push(
      'method h: rank means nothing to "head"',
      'method big: rank 128 is too large',
      'seeds: 1 is there twice',
    );
    expected.push(
      'methodsOverrides.bigg: no method has this label. Did you mean "big"?',
      'base.engine.device: there is no device "webgpuu"',
    );
    expected.push('search.seeds: 1 also in seeds', 'base.training.learningRate: the search chooses');
    for (const start of expected) expect(problems.filter((line) => line.startsWith(start))).toHaveLength(1);
    expect(problems).toHaveLength(expected.length);
  });

  test.each([
    ['', 'empty'],
    ['{', '(the file): not JSON: line 1, column 2'],
    [
      '{"name": "x", "tasks": ["rte"], "methods": ["lora"],\n"seeds": [1],\n"seeds": [9]}',
      'the key seeds occurs twice, on line 2',
    ],
    ['{"base": {"training": {"epochs": 1, "epochs": 2}}}', '(the file): the key base.training.epochs occurs twice'],
    ['['.repeat(100_000), 'deep inside each other'],
    [[], 'expected an object'],
    [{ ...valid, tasks: [] }, 'tasks'],
    [{ ...valid, name: '../x' }, 'name: expected letters'],
  ])('%j is refused', (value, part) => {
    expect(problemsOf(value).join('\n')).toContain(part);
  });

  test('an optimizer that there is not is refused wherever it stands', () => {
    const training = { optimizer: 'adam' };
    const refused = 'there is no optimizer "adam". Did you mean "adamw"? Known: adamw.';
    expect(
      problemsOf({
        ...valid,
        base: { training },
        tasksOverrides: { rte: { training } },
        methodsOverrides: { lora: { training } },
        methods: ['lora', { label: 'own', name: 'lora', rank: 4, training }],
      }),
    ).toEqual([
      `base.training.optimizer: ${refused}`,
      `tasksOverrides.rte.training.optimizer: ${refused}`,
      `methodsOverrides.lora.training.optimizer: ${refused}`,
      `methods[1].training.optimizer: ${refused}`,
    ]);
    expect(cellOf(fakeSweep({ base: { training: { optimizer: 'adamw' } } }), 'rte', 'lora').training.optimizer).toBe(
      'adamw',
    );
  });

  test('a question names settings that methods share', () => {
    const question = ['training.epochs', 'epochs', 'trainin.warmupRatio', 'training.epoch', 'model', 'method.rank'];
    expect(problemsOf({ ...valid, question: [...question, 'training.learningRate', 'model'] })).toEqual([
      'question: model is there twice.',
      'question[1]: there is no setting "epochs" that methods share. Did you mean "training.epochs"?',
      'question[2]: there is no setting "trainin.warmupRatio" that methods share. Did you mean "training.warmupRatio"?',
      'question[3]: there is no setting "training.epoch" that methods share. Did you mean "selection.epoch"?',
      'question[5]: "method.rank" is a method\'s own and always compared; remove it.',
      'question[6]: "training.learningRate" is a method\'s own and always compared; remove it.',
    ]);
    expect(problemsOf({ ...valid, question: [] })).toEqual([expect.stringMatching(/^question: /)]);
  });

  test('base settings reach the methods that have them, own settings win', () => {
    const sweep = fakeSweep({
      base: { method: { rank: 2, adapterDropout: 0.1, map: { epsilon: 1 } }, training: { epochs: 1 } },
      tasksOverrides: { rte: { training: { epochs: 2 } } },
      methods: [
        'head',
        'lora',
        { label: 'own', name: 'lomap', rank: 4, map: { start: 'beta-zero' }, training: { batchSize: 8 } },
      ],
    });
    expect(cellOf(sweep, 'rte', 'head').method).toMatchObject({ rank: null, adapterDropout: 0, map: null });
    expect(cellOf(sweep, 'rte', 'lora')).toMatchObject({
      method: { rank: 2, adapterDropout: 0.1 },
      training: { epochs: 2, batchSize: 32 },
    });
    expect(cellOf(sweep, 'mrpc', 'own')).toMatchObject({
      method: { label: 'own', rank: 4, map: { epsilon: 1, start: 'beta-zero', alpha: 'learned' } },
      training: { epochs: 1, batchSize: 8 },
    });
  });
});

describe('flags', () => {
  test('replace the lists, whatever they held', () => {
    const cells = [{ label: 'cell', name: 'lora', rank: 4 }];
    const sweep = fakeSweep(
      { methods: cells },
      { tasks: ['SST-2'], methods: ['lomap', 'cell'], seeds: [7], maxSteps: 3 },
    );
    expect(sweep).toMatchObject({ tasks: ['sst2'], labels: ['lomap', 'cell'], seeds: [7] });
    expect(cellOf(sweep, 'sst2', 'cell')).toMatchObject({ method: { rank: 4 }, training: { maxSteps: 3 } });
    expect(() => fakeSweep({}, { methods: ['lorra'] })).toThrow(
      /The command line has one error:\n {2}--methods: .*Did you mean "lora"/,
    );
    expect(() => fakeSweep({ search: { task: 'rte', seeds: [9], learningRates: [1] } }, { seeds: [9] })).toThrow(
      /--seeds/,
    );
  });

  test('--seeds is a count or a list', () => {
    expect(parseSeeds('3')).toEqual([1, 2, 3]);
    expect(parseSeeds('4,5')).toEqual([4, 5]);
    expect(parseSeeds('7,')).toEqual([7]);
    for (const text of ['0', '', '-1', '1.5', 'a', '1;2', '9007199254740993,'])
      expect(() => parseSeeds(text)).toThrow('--seeds');
  });
});

describe('the committed sweeps', () => {
  const directory = join(workspaceRoot, 'experiments', 'sweeps');
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));

  test.each(files)('%s is valid and named as its file', (name) => {
    const file = readSweepFile(join(directory, name));
    expect(`${file.name}.json`).toBe(basename(name));
    const sweep = checkSweep(name, file, registry());
    for (const task of sweep.tasks)
      for (const label of sweep.labels) expect(cellOf(sweep, task, label).task).toBe(task);
    // A cell costs an hour on MiniLM, with its search, and minutes on the small encoder: at most ten beside LoRA there.
    const most = name.includes('-synthetic') ? 11 : 8;
    if (name.startsWith('ablation')) expect(sweep.labels.length).toBeLessThanOrEqual(most);
  });

  test('glue-minilm is the sweep that the README of experiments describes', () => {
    const path = join(directory, 'glue-minilm.json');
    const sweep = checkSweep(path, readSweepFile(path), registry());
    expect(sweep).toMatchObject({
      tasks: ['rte', 'mrpc', 'cola', 'stsb'],
      labels: ['head', 'lora', 'dora', 'lomap'],
      seeds: [1, 2, 3],
    });
    expect(sweep.search).toEqual({ task: 'mrpc', seeds: [101], learningRates: [3e-4, 1e-3, 3e-3] });
    const { method, training } = cellOf(sweep, 'rte', 'lomap');
    expect(method).toMatchObject({ rank: 8, map: { start: 'paper' } });
    expect(method.targetModules).toEqual(['@linear']);
    expect(training).toMatchObject({
      batchSize: 32,
      epochs: 3,
      dropout: 0.1,
      weightDecay: 0,
      warmupRatio: 0.1,
      maxLength: 128,
    });
  });
});

test('a sweep is plain data: as JSON it is the same', () => {
  const search = { task: 'mrpc', seeds: [101], learningRates: [1e-4, 1e-3] };
  const forgetting = { maskedLmTexts: 3, previous: { task: 'SST-2', learningRate: 1e-4, epochs: 1 } };
  const sweeps = [
    fakeSweep({ tasks: ['rte'], search, forgetting, geometry: { checkpoints: 2 } }),
    fakeSweep({ methods: [{ label: 'a', name: 'lora', rank: [2, 4] }], learningRates: [1e-3, 1e-2] }, { maxSteps: 3 }),
  ];
  for (const sweep of sweeps) {
    expect(JSON.parse(JSON.stringify(sweep))).toStrictEqual(sweep);
    const read = [...sweep.tasks, ...(sweep.search ? ['mrpc', 'sst2'] : [])];
    for (const task of read) for (const label of sweep.labels) expect(cellOf(sweep, task, label).task).toBe(task);
  }
});

test('two labels of the same settings are refused, unless the table of learning rates tells them apart', () => {
  const methods = [
    { label: 'a', name: 'lora' },
    { label: 'b', name: 'lora' },
  ];
  const table = (b: number) => ({ learningRates: { rte: { a: 1e-3, b }, mrpc: { a: 1e-3, b: 1e-3 } } });
  const tasks = ['rte', 'mrpc'];
  expect(() => fakeSweep({ tasks, methods })).toThrow('methods: "a" and "b" have the same settings.');
  expect(() => fakeSweep({ tasks, methods, ...table(1e-3) })).toThrow('"a" and "b" have the same settings.');
  expect(fakeSweep({ tasks, methods, ...table(2e-3) }).labels).toEqual(['a', 'b']);
});
