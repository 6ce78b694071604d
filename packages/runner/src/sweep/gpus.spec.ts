import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { UsageError } from '../errors.ts';
import { planMain } from '../plan/plan.ts';
import { fakeIdentity, fakeProvenance, fakeSweep } from '../testing/fakes.ts';
import type { Assignment } from '../worker/messages.ts';
import { gpuSlots, parseGpus } from './gpus.ts';
import { workerPool } from './pool.ts';

describe('--gpus', () => {
  test('a list of numbers; none without the flag', () => {
    expect(parseGpus('0,2', ['cuda'])).toEqual([0, 2]);
    expect(parseGpus(undefined, ['cpu'])).toEqual([]);
  });

  test.each([
    ['0,0', ['cuda'], /expected different whole numbers/],
    ['a', ['cuda'], /expected different whole numbers/],
    ['-1', ['cuda'], /expected different whole numbers/],
    ['0', ['cuda', 'webgpu'], /WebGPU provider chooses the GPU itself/],
    ['0', ['cpu'], /cpu does not compute on a GPU/],
  ])('%s with %j is wrong usage', (list, devices, message) => {
    expect(() => parseGpus(list, devices)).toThrow(UsageError);
    expect(() => parseGpus(list, devices)).toThrow(message);
  });
});

test('every process gets one of the GPUs with the fewest processes', () => {
  const slots = gpuSlots([3, 5]);
  const taken = [slots.take(), slots.take(), slots.take()];
  const visible = (slot: { environment: NodeJS.ProcessEnv }): string | undefined =>
    slot.environment['CUDA_VISIBLE_DEVICES'];
  expect(taken.map(visible)).toEqual(['3', '5', '3']);
  taken[1]!.release();
  taken[1]!.release();
  expect(visible(slots.take())).toBe('5');
  expect(gpuSlots([]).take().environment).toEqual({});
});

/** A worker that says which GPU it sees. In the sweep `once` it fails, and takes its time to exit. */
const worker = `
  process.on('message', ({ type, assignment }) => {
    if (type !== 'run') return setTimeout(() => process.exit(0), 100);
    const seen = String(process.env.CUDA_VISIBLE_DEVICES) + ' ' + String(process.env.CUDA_DEVICE_ORDER);
    process.send({ type: 'note', text: seen });
    setTimeout(() => {
      const error = { name: 'Error', message: 'once', stack: null, code: null };
      if (assignment.sweep === 'once') return process.send({ type: 'failed', error });
      process.send({ type: 'complete', metric: 'accuracy', score: 0.5, selectionScore: 0.5 });
    }, 100);
  });
  process.send({ type: 'ready' });
`;

test('workers see one GPU each, and the worker after a failed one the GPU that is free', async () => {
  const entry = join(mkdtempSync(join(tmpdir(), 'lomap-gpus-')), 'worker.mjs');
  writeFileSync(entry, worker);
  const pool = workerPool(entry, [], [0, 1]);
  const { id, folder, purpose, settings } = planMain(fakeSweep(), fakeIdentity, new Map())[0]!;
  const own = { model: '', data: '', cache: '', checkpoint: '', heartbeat: '' };
  const paths = { ...own, staging: '', result: '', setAside: '' };
  const shared = { id, folder, purpose, settings, paths, notes: [], attempt: 1, threads: 1, checkpointEverySteps: 1 };
  const seen = (sweep: string): Promise<string> =>
    new Promise((resolve) => {
      const assignment: Assignment = { ...shared, sweep, provenance: fakeProvenance };
      let text = '';
      const hear = (report: { type: string; text?: string }): void => void (text ||= report.text ?? '');
      void pool.run(assignment, join(tmpdir(), 'lomap-gpus.log'), () => {}, hear).then(() => resolve(text));
    });
  const both = await Promise.all([seen('fine'), seen('once')]);
  expect(both.sort()).toEqual(['0 PCI_BUS_ID', '1 PCI_BUS_ID']);
  const again = await Promise.all([seen('fine'), seen('fine')]);
  expect(again.sort()).toEqual(['0 PCI_BUS_ID', '1 PCI_BUS_ID']);
  await pool.close();
});
