import { expect, test } from '@jest/globals';
import { memoryRatio, memoryText, type MemoryRow } from './report.ts';

const ours: MemoryRow = {
  model: 'minilm',
  batch: 16,
  length: 32,
  method: 'lora',
  engine: 'compiled',
  parameters: 5,
  peakMemoryBytes: 300 * 2 ** 20,
};
const theirs: MemoryRow = { ...ours, engine: 'pytorch-peft', peakMemoryBytes: 1200 * 2 ** 20 };

test('a case is compared with its own, not with another', () => {
  expect(memoryRatio([ours, theirs], ours)).toBe(4);
  expect(memoryRatio([ours, theirs], theirs)).toBeNull();
  expect(memoryRatio([ours, { ...theirs, length: 128 }], ours)).toBeNull();
});

test('one line a case', () => {
  const machine = { cpu: 'c', cores: 2, memoryBytes: 1, platform: 'p', node: 'v', loadBefore: 0, versions: {} };
  const text = memoryText({ rows: [ours, theirs], machine, settings: { steps: 3 }, notes: [] });
  expect(text).toContain('minilm  16     32      lora    compiled      5        300       4.00');
  expect(text).toContain('minilm  16     32      lora    pytorch-peft  5        1200');
});
