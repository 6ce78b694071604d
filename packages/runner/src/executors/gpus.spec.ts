import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { UsageError } from '../errors.ts';
import { queueOf } from '../testing/fake-queue.ts';
import type { TrialQueue } from './executor.ts';
import { gpuSlots, parseGpus } from './gpus.ts';
import { localExecutor } from './local.ts';

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
    if (type === 'start') return;
    if (type !== 'run') return setTimeout(() => process.exit(0), 100);
    const seen = String(process.env.CUDA_VISIBLE_DEVICES) + ' ' + String(process.env.CUDA_DEVICE_ORDER);
    process.send({ type: 'note', text: seen });
    setTimeout(() => {
      const error = { name: 'Error', message: 'once', stack: null, code: null };
      if (assignment.sweep === 'once') return process.send({ type: 'failed', error });
      process.send({ type: 'complete', folder: 'made' });
    }, 100);
  });
  process.send({ type: 'ready' });
`;

/** Gives two trials at a time: a worker that is faster takes none of the other's. */
function inPairs(queue: TrialQueue): TrialQueue {
  let arrived: (() => void)[] = [];
  return {
    async take(affinity) {
      await new Promise<void>((go) => {
        arrived.push(go);
        if (arrived.length < 2) return;
        for (const each of arrived) each();
        arrived = [];
      });
      return queue.take(affinity);
    },
  };
}

test('workers see one GPU each, and the worker after a failed one the GPU that is free', async () => {
  const entry = join(mkdtempSync(join(tmpdir(), 'lomap-gpus-')), 'worker.mjs');
  writeFileSync(entry, worker);
  const start = { model: '', data: '', cache: '', work: '', threads: 1, plugins: [] };
  const executor = localExecutor({ start, jobs: 2, gpus: [0, 1] }, entry, []);
  const queue = queueOf(['fine', 'once', 'fine', 'fine']);
  await executor.run(inPairs(queue));
  const seen = queue.leases.map(({ reports }) =>
    reports.flatMap((report) => (report.type === 'note' ? report.text : [])),
  );
  expect(seen.slice(0, 2).flat().sort()).toEqual(['0 PCI_BUS_ID', '1 PCI_BUS_ID']);
  expect(seen.slice(2).flat().sort()).toEqual(['0 PCI_BUS_ID', '1 PCI_BUS_ID']);
  await executor.close();
});
