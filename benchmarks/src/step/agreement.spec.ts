import { expect, test } from '@jest/globals';
import { checkAgreement } from './agreement.ts';

const contestant = (engine: string, parameters: number, loss: number | null) => ({
  key: { engine, method: 'lora' as const, threads: 1 },
  loaded: { parameters, loss },
});

test('engines agree to rounding; the floor has no loss', () => {
  const own = [contestant('compiled', 5, 0.69), contestant('floor', 5, null), contestant('jax', 5, 0.6902)];
  expect(() => checkAgreement('lora', own)).not.toThrow();
  expect(() => checkAgreement('dora', [...own])).not.toThrow();
});

test('who differs is named', () => {
  const own = contestant('compiled', 5, 0.69);
  expect(() => checkAgreement('lora', [own, contestant('jax', 6, 0.69)])).toThrow(
    'different numbers of parameters with lora: compiled 5, jax 6',
  );
  expect(() => checkAgreement('lora', [own, contestant('jax', 5, 0.75)])).toThrow('first losses differ with lora');
  expect(() => checkAgreement('lora', [own, contestant('jax', 5, NaN)])).toThrow('jax NaN');
});
