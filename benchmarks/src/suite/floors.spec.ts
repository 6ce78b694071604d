import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { glueTask } from '@lomap/glue';
import { UsageError } from '../common/flags.ts';
import { suiteArguments } from './arguments.ts';
import { featuresOf, type SparseRow, Vocabulary, wordsOf } from './features.ts';
import { floorsOf } from './floors.ts';
import { fitLinear } from './linear-model.ts';
import { suiteText } from './report.ts';

const row = (...values: number[]): SparseRow => ({
  indices: Int32Array.from(values, (_, i) => i),
  values: Float64Array.from(values),
});

test('words are lower-cased and bare', () => {
  expect(wordsOf("In July, the dog’s owner didn't bark.")).toEqual("in july the dog s owner didn't bark".split(' '));
});

test('a pair’s features say where a word is, and how much is shared', () => {
  const features = featuresOf({ text: 'A dog barked.', pair: 'A cat barked' }, 'bag');
  expect(Object.fromEntries(features)).toMatchObject({ '1:dog': 1, '2:cat': 1, 'only 1:dog': 1, 'both:a': 1 });
  expect(features.get('overlap')).toBeCloseTo(4 / 9, 12);
  expect([...featuresOf({ text: 'A dog', pair: 'A cat' }, 'second').keys()]).toEqual(['bias', '2:a', '2:cat']);
});

test('words that train does not have are dropped', () => {
  const vocabulary = new Vocabulary();
  expect(vocabulary.encode(new Map([['a', 2]]), true)).toEqual(row(2));
  expect(
    vocabulary.encode(
      new Map([
        ['b', 1],
        ['a', 3],
      ]),
      false,
    ),
  ).toEqual(row(3));
  expect(vocabulary.size).toBe(1);
});

test('least squares finds the coefficients; its optimum has no gradient', () => {
  const rows = [row(1, 0), row(1, 1), row(1, 2), row(1, 3)];
  const model = fitLinear(
    rows,
    [1, 3, 5, 7],
    { features: 2, numOutputs: 1 },
    { l2: 0, steps: 4000, learningRate: 0.05 },
  );
  expect(model.outputs(row(1, 10))[0]).toBeCloseTo(21, 3);
});

test('softmax regression reaches the penalised optimum', () => {
  const rows = [row(1, -1), row(1, 1), row(1, 2)];
  const l2 = 0.1;
  const model = fitLinear(rows, [0, 1, 1], { features: 2, numOutputs: 2 }, { l2, steps: 4000, learningRate: 0.02 });
  const weight = (feature: number, k: number): number => {
    const unit = { indices: Int32Array.of(feature), values: Float64Array.of(1) };
    return model.outputs(unit)[k]!;
  };
  // dL/dW[f, 1] = mean (p1 - y) x_f + l2 W[f, 1] = 0
  for (const feature of [0, 1]) {
    const errors = rows.map((it, i) => {
      const [a, b] = model.outputs(it) as [number, number];
      return (1 / (1 + Math.exp(a - b)) - (i === 0 ? 0 : 1)) * it.values[feature]!;
    });
    const gradient = errors.reduce((sum, error) => sum + error, 0) / 3 + l2 * weight(feature, 1);
    expect(Math.abs(gradient)).toBeLessThan(1e-3);
  }
});

let data: string;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'lomap-floors-'));
  await mkdir(join(data, 'RTE'));
  // Overlap decides; the hypotheses are the same for both labels.
  const names = ['anna', 'ben', 'carl', 'dora', 'eva', 'fred'];
  const rows = names.flatMap((name, i) => [
    `${2 * i}\t${name} ran\t${name} ran\tentailment`,
    `${2 * i + 1}\t${names[(i + 1) % 6]!} ran\t${name} ran\tnot_entailment`,
  ]);
  const text = ['index\tsentence1\tsentence2\tlabel', ...rows, ''].join('\n');
  for (const split of ['train', 'dev']) await writeFile(join(data, 'RTE', `${split}.tsv`), text);
  const levels = rows.map((_, i) => `dev\t${i}\t${i < 6 ? 1 : 2}`);
  await writeFile(join(data, 'RTE', 'levels.tsv'), ['split\tindex\tlevel', ...levels, ''].join('\n'));
});
afterAll(() => rm(data, { recursive: true, force: true }));

test('floors: overlap is found, the second sentence alone is worth nothing, and levels are scored apart', async () => {
  const floors = await floorsOf(glueTask('rte'), data);
  expect(floors.map(({ baseline, all }) => [baseline, all])).toEqual([
    ['majority', 50],
    ['bag', 100],
    ['second', 50],
  ]);
  expect(floors[1]!.byLevel).toEqual({ 'level 1': 100, 'level 2': 100 });
  const text = suiteText({ suite: 'a test', floors });
  expect(text).toContain('| RTE | dev | accuracy | bag of words | 100.0 | 100.0 | 100.0 |');
});

test('arguments', () => {
  expect(suiteArguments([])).toMatchObject({ data: null, json: false });
  expect(suiteArguments(['--tasks', 'rte,cola', '--json'])).toMatchObject({ tasks: ['cola', 'rte'], json: true });
  expect(() => suiteArguments(['--tasks', 'qqp'])).toThrow(UsageError);
  expect(() => suiteArguments(['--data', '/no/such/folder'])).toThrow(/there is no folder/);
});
