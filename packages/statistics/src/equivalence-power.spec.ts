import { describe, expect, test } from '@jest/globals';
import { equivalencePower, seedsForEquivalence } from './equivalence-power.ts';

describe('equivalencePower', () => {
  // scipy 1.17.1: integrate.quad over s < M / t of (norm.cdf(M - d - t s) - norm.cdf(-M - d + t s)) · the density of s,
  // chi.pdf(s √ν, ν) √ν, t = stats.t.ppf(1 - level, ν); each within .002 of 400,000 simulated samples
  test.each([
    [0, 0.6, 10, 0.05, 0.0654582567230497],
    [0, 0.2, 5, 0.05, 0.7350094348685162],
    [0, 0.6, 40, 0.05, 0.8562117624662332],
    [0, 0.3, 20, 0.05, 0.9922057272686252],
    [0, 0.3, 10, 0.05 / 7, 0.2790726469106346],
    [0.1, 0.3, 12, 0.05, 0.6943748315493],
    [0, 0.3, 3, 0.05, 0.12733842750819752],
    [0, 0.05, 2, 0.05, 0.7744841402831921],
  ])('difference %d, deviation %d, %d seeds, level %d agrees with scipy', (difference, deviation, n, level, power) => {
    expect(Math.abs(equivalencePower({ difference, deviation }, n, 0.3, level) - power)).toBeLessThan(1e-5);
    expect(equivalencePower({ difference: -difference, deviation }, n, 0.3, level)).toBeCloseTo(power, 4);
  });

  test('on the margin it is at most the level, and points of another size change nothing', () => {
    expect(equivalencePower({ difference: 0.3, deviation: 0.3 }, 50)).toBeCloseTo(0.05, 3);
    const [small, large] = [1, 10].map((unit) =>
      equivalencePower({ difference: 0.1 * unit, deviation: 0.4 * unit }, 15, 0.3 * unit),
    );
    expect(small).toBeCloseTo(large!, 12);
  });

  test('refuses what has no meaning', () => {
    const effect = { difference: 0, deviation: 0.6 };
    expect(() => equivalencePower(effect, 1)).toThrow(/2 to 1000000 seeds, not 1/);
    expect(() => equivalencePower({ ...effect, deviation: 0 }, 5)).toThrow(/above 0, not 0/);
    expect(() => equivalencePower(effect, 5, 0)).toThrow(/margin of equality is above 0, not 0/);
    expect(() => equivalencePower(effect, 5, 0.3, 5)).toThrow(/A level is between 0 and 1, not 5/);
    expect(() => seedsForEquivalence(0.6, 0.3, 80)).toThrow(/A power is between 0 and 1, not 80/);
  });
});

// scipy: the smallest n, by counting up, of the quadrature's power
test.each([
  [0.3, 0.05, 11],
  [0.3, 0.05 / 7, 18],
  [0.6, 0.05, 36],
  [0.6, 0.05 / 7, 59],
])('deviation %d at level %d takes %d seeds', (deviation, level, n) => {
  expect(seedsForEquivalence(deviation, 0.3, 0.8, level)).toBe(n);
});
