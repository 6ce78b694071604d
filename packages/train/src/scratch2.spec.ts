import { jest } from '@jest/globals';
const models = await import('@lomap/models');
const N = { symbol: 'N', times: 1 };
jest.unstable_mockModule('@lomap/models', () => ({ ...models, batchSpecs: (B: number) => {
  const i = (...shape: any[]) => ({ dtype: 'int32', shape }); const f = (...shape: any[]) => ({ dtype: 'float32', shape });
  return { inputIds: i(N), positionIds: i(N), tokenTypeIds: i(N), toPadded: i({ symbol: 'S', times: B }), toPacked: i(N), rowToExample: i(N), firstRow: i(B), mask: f(B, 1, 1, { symbol: 'S', times: 1 }), labels: f(B), weights: f(B) };
} }));
await import('./scratchfit.ts');
