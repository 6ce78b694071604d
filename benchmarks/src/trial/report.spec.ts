import { expect, test } from '@jest/globals';
import { trialRatios, trialText, type TrialRow } from './report.ts';

const ours: TrialRow = {
  engine: 'compiled',
  method: 'lora',
  threads: 1,
  seconds: 300,
  processorSeconds: 290,
  steps: 312,
  parameters: 480386,
  selectionScore: 0.8,
  dev: { accuracy: 0.82 },
  peakMemoryBytes: 2 ** 30,
};
const theirs: TrialRow = {
  ...ours,
  engine: 'pytorch-peft',
  seconds: 900,
  processorSeconds: 870,
  peakMemoryBytes: 3 * 2 ** 30,
};

test('ratios are PyTorch’s over ours', () => {
  expect(trialRatios([ours, theirs])).toEqual({ seconds: 3, processorSeconds: 3, peakMemory: 3 });
  expect(trialRatios([ours])).toBeNull();
});

test('one line an engine', () => {
  const machine = { cpu: 'c', cores: 2, memoryBytes: 1, platform: 'p', node: 'v', loadBefore: 0, versions: {} };
  const rows = [ours, theirs];
  const text = trialText({ rows, machine, ratios: trialRatios(rows), settings: { epochs: 3 }, notes: [] });
  expect(text).toContain(
    'compiled      lora  312 steps  300.0 s, processor 290.0 s  peak 1024 MiB  dev accuracy 0.820',
  );
  expect(text).toContain('time 3.00, processor time 3.00, peak memory 3.00');
});
