/** A sweep that measures how a task learned before is forgotten, through the command line. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readResults, type Trial } from '@lomap/results';
import { lomap, type Ended } from './lomap.ts';
import { writeTinyGlue } from './tiny-glue.ts';
import { writeTinyModel } from './tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-forgetting-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sweepFile = {
  name: 'forgets',
  base: {
    method: { rank: 2 },
    training: { batchSize: 8, epochs: 2, maxLength: 32, dropout: 0 },
    selection: { fraction: 0.2 },
  },
  tasks: ['rte'],
  methods: ['head', 'lora', 'lomap', 'full'],
  seeds: [1],
  learningRates: [1e-3, 1e-2],
  forgetting: { previous: { task: 'mrpc', learningRate: 1e-2, epochs: 4 } },
};

function sweep(name: string, file: object): Promise<Ended> {
  const config = join(folder, `${name}.json`);
  writeFileSync(config, JSON.stringify({ ...file, model: 'model', data: 'glue' }));
  return lomap(['sweep', '--config', config, '--out', join(folder, name), '--jobs', '2', '--threads', '1']);
}

let ended: Ended;
let trials: Trial[];
beforeAll(async () => {
  writeTinyGlue(join(folder, 'glue'));
  await writeTinyModel(join(folder, 'model'));
  ended = await sweep('forgets', sweepFile);
  trials = (await readResults(join(folder, 'forgets'))).results.map(({ trial }) => trial);
});

const of = (label: string): Trial[] => trials.filter(({ settings }) => settings.method.label === label);

describe('a sweep over learning rates that measures forgetting', () => {
  test('ends with a table of forgetting', () => {
    expect(ended.code).toBe(0);
    expect(trials).toHaveLength(8);
    expect(ended.stdout).toContain('tables/forgetting.md');
    expect(readFileSync(join(folder, 'forgets', 'tables', 'forgetting.md'), 'utf8')).toContain('LoMAP');
  });

  test('every method of a seed starts from the same encoder, fine-tuned on the task before', () => {
    const [first] = trials;
    expect(first?.beforeTraining).toEqual({
      update_norm: expect.any(Number),
      previous_accuracy: expect.any(Number),
      previous_f1: expect.any(Number),
    });
    for (const { beforeTraining } of trials) {
      expect(beforeTraining?.['previous_accuracy']).toBe(first?.beforeTraining?.['previous_accuracy']);
      // LoMAP's ε, added to ‖W‖, shrinks W by a millionth.
      expect(beforeTraining?.['update_norm']).toBeLessThan(1e-4);
    }
  });

  test('a trained head alone moves nothing and forgets nothing; the other methods move the encoder, faster at a higher rate', () => {
    for (const { epochs, beforeTraining } of of('head')) {
      for (const { scores } of epochs) {
        expect(scores['update_norm']).toBe(0);
        expect(scores['previous_accuracy']).toBe(beforeTraining?.['previous_accuracy']);
      }
    }
    for (const label of ['lora', 'lomap', 'full']) {
      const norms = of(label)
        .sort((a, b) => a.settings.training.learningRate - b.settings.training.learningRate)
        .map(({ epochs }) => epochs.at(-1)?.scores['update_norm'] ?? 0);
      expect(norms[0]).toBeGreaterThan(0);
      // LoMAP's update has the size that β says from the first step on.
      if (label !== 'lomap') expect(norms[1]).toBeGreaterThan(norms[0]!);
    }
  });

  test('the head of the second task is fresh', () => {
    for (const { notes } of trials) expect(notes.join('\n')).not.toContain('classifier starts fresh: ');
    const [slow] = of('head').sort((a, b) => a.settings.training.learningRate - b.settings.training.learningRate);
    expect(slow?.curves.loss[0]).toBeCloseTo(Math.log(2), 0);
  });
});

test('a checkpoint without a masked-LM head says so before anything is trained', async () => {
  const forgetting = { ...sweepFile.forgetting, maskedLmTexts: 10 };
  const { code, stderr } = await sweep('no-head', { ...sweepFile, methods: ['lora'], forgetting });
  expect(code).toBe(1);
  expect(stderr).toContain('holds no masked-language-modelling head');
  expect(stderr).not.toContain('epoch 1');
});
