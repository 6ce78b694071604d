import { expect, test } from '@jest/globals';
import { baselinesText } from './baseline.ts';

const lora = (rank: number) => ({ title: `lora-r${rank}`, method: 'lora', rank, baseline: null });
const dora = (rank: number) => ({ title: `dora-r${rank}`, method: 'dora', rank, baseline: `lora-r${rank}` });

test('baselines are named once, or by what they have in common', () => {
  const rows = [lora(4), lora(8), dora(4), dora(8)];
  expect(baselinesText(rows, rows)).toBe('LoRA of the same rank');
  expect(baselinesText([dora(4)], rows)).toBe('lora-r4');
  expect(baselinesText([lora(4)], rows)).toBe('');
  const variants = [lora(8), { ...lora(8), title: 'lora-x' }, dora(8), { ...dora(8), baseline: 'lora-x' }];
  expect(baselinesText(variants, variants)).toBe('the own baseline');
});
