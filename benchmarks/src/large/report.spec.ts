import { expect, test } from '@jest/globals';
import { largeText, overProducts, type LargeRow } from './report.ts';

const row = (what: LargeRow['what'], seconds: number[], losses: number[]): LargeRow => ({
  what,
  loaded: {
    type: 'loaded',
    parameters: what === 'step' ? 28_049_570 : 0,
    weightBytes: 13.4e9,
    files: 3,
    dtypes: ['BF16'],
    layers: 32,
    seconds: { open: 30, compile: 9.2 },
    versions: {},
  },
  atOpening: { own: 0.4e9, mapped: 1e9 },
  running: { own: 1.93e9, mapped: 13.2e9 },
  seconds,
  losses,
});
const rows = [row('products', [14, 10, 11], []), row('step', [20, 13], [0.71, 0.7])];
const machine = { cpu: 'x', cores: 2, memoryBytes: 1, platform: 'linux', node: 'v', loadBefore: 0, versions: {} };

test('compares the fastest turns, and says what memory was its own', () => {
  expect(overProducts(rows)).toBeCloseTo(1.3, 12);
  const text = largeText({ rows, machine, settings: { layers: 32 } });
  expect(text).toContain("The step takes 1.30 times the products' time. Losses: 0.7100, 0.7000.");
  expect(text).toMatch(/step +28049570 +30\.0 +9\.2 +0\.40 +1\.00 +1\.93 +13\.20 +20\.00 13\.00/);
});
