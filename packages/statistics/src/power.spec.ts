import { describe, expect, test } from '@jest/globals';
import { noncentralTSurvival } from './noncentral-t.ts';
import {
  detectableDifference,
  holmWorstLevel,
  intervalHalfWidth,
  pairedTPower,
  seedsForHalfWidth,
  seedsForPower,
} from './power.ts';

describe('noncentralTSurvival', () => {
  // scipy 1.17.1: scipy.stats.nct.sf(t, degrees, noncentrality)
  test.each([
    [2.776, 4, 1.5, 0.21269365115906974],
    [-2.776, 4, 1.5, 0.9992790393474008],
    [0, 3, 0.7, 0.758036347776927],
    [12.7, 1, 20, 0.883571821474731],
    [2.1, 19, 2.9, 0.7835210689673958],
    [3, 7, -1, 0.0007708411029541678],
    [1.98, 120, 60, 1],
    [60, 120, 58, 0.3222884233524076],
    [-5, 2, -4, 0.532020698669953],
    [700, 1, 300, 0.331764539893204],
    [1.96, 100_000, 2.8, 0.7995449188145106],
  ])('t = %d, ν = %d, δ = %d agrees with scipy within 1e-6', (t, degrees, noncentrality, survival) => {
    expect(Math.abs(noncentralTSurvival(t, degrees, noncentrality) - survival)).toBeLessThan(1e-6);
  });

  test('at δ = 0 it is Student’s', () => {
    expect(noncentralTSurvival(2.7764451051977987, 4, 0)).toBeCloseTo(0.025, 10); // scipy.stats.t.ppf(.975, 4)
    expect(noncentralTSurvival(1, 1, 0)).toBeCloseTo(0.25, 10);
  });
});

describe('pairedTPower', () => {
  // scipy: nct.sf(c, n - 1, d) + nct.cdf(-c, n - 1, d), c = t.ppf(1 - level / 2, n - 1), d = difference / deviation · √n
  test.each([
    [0.39, 0.6, 10, 0.05, 0.45071257067507553],
    [0.39, 0.6, 10, 0.05 / 7, 0.15327922351836096],
    [0.39, 0.5638, 5, 0.05, 0.22361660352906002],
    [0.39, 0.5638, 5, 0.05 / 7, 0.04454198655919996],
  ])('difference %d, deviation %d, %d seeds, level %d', (difference, deviation, n, level, power) => {
    expect(pairedTPower({ difference, deviation }, n, level)).toBeCloseTo(power, 7);
    expect(pairedTPower({ difference: -difference, deviation }, n, level)).toBeCloseTo(power, 7);
  });

  test('without a difference it is the level', () => {
    expect(pairedTPower({ difference: 0, deviation: 1 }, 6, 0.01)).toBeCloseTo(0.01, 8);
  });

  test('refuses what has no meaning', () => {
    const effect = { difference: 0.4, deviation: 0.6 };
    expect(() => pairedTPower(effect, 1)).toThrow(/2 to 1000000 seeds, not 1/);
    expect(() => pairedTPower({ ...effect, deviation: 0 }, 5)).toThrow(/above 0, not 0/);
    expect(() => pairedTPower({ ...effect, deviation: 1e-9 }, 5)).toThrow(/within 1000 deviations/);
    expect(() => pairedTPower(effect, 5, 5)).toThrow(/A level is between 0 and 1, not 5/);
    expect(() => seedsForPower(effect, 80)).toThrow(/A power is between 0 and 1, not 80/);
    expect(() => seedsForPower({ ...effect, difference: 0 })).toThrow(/is not shown with power 0.8 by 1000000/);
    expect(() => detectableDifference(1, 5, 0.04)).toThrow(/above the level 0.05/);
    expect(() => detectableDifference(1, 2, 0.8, 1e-6)).toThrow(/no difference below 1000 deviations/);
    expect(() => holmWorstLevel(0.05, 0.5)).toThrow(/at least 1, not 0.5/);
  });
});

// The protocol's figures: ±.70 with 5 seeds is a deviation of .7 · √5 / t(.975; 4) = .5638.
describe('the public re-run’s deviation', () => {
  const deviation = (0.7 * Math.sqrt(5)) / 2.7764451051977987;
  const effect = { difference: 0.39, deviation };

  test('5 seeds give ±.70 and power 22 % for a gain of .39', () => {
    expect(intervalHalfWidth(deviation, 5)).toBeCloseTo(0.7, 9);
    expect(pairedTPower(effect, 5)).toBeCloseTo(0.22, 2);
  });

  test('±.3 takes 16 seeds, to the protocol’s two digits', () => {
    expect(intervalHalfWidth(deviation, 16)).toBeCloseTo(0.3, 2);
    expect(intervalHalfWidth(deviation, 15)).toBeGreaterThan(0.31);
    expect(seedsForHalfWidth(deviation, 0.3005)).toBe(16);
    expect(seedsForHalfWidth(deviation, 0.3)).toBe(17); // .3004 with 16
  });

  test('80 % power takes 19 seeds, one fewer than the protocol says, and 30 under Holm over 7', () => {
    // scipy's nct gives the same: 19 for deviations from .557 to .573; .574 takes 20
    expect(seedsForPower(effect)).toBe(19);
    expect(pairedTPower(effect, 19)).toBeGreaterThanOrEqual(0.8);
    expect(pairedTPower(effect, 18)).toBeLessThan(0.8);
    expect(seedsForPower(effect, 0.8, holmWorstLevel(0.05, 7))).toBe(30);
  });
});

describe('seeds and differences', () => {
  // scipy: the smallest n, by counting up, of nct's power with deviation .6, and of .56, .58, .59
  test.each([
    [0.6, 21, 34],
    [0.555, 18, 29],
    [0.58, 20, 32],
    [0.59, 20, 33],
  ])('deviation %d', (deviation, alone, holm) => {
    expect(seedsForPower({ difference: 0.39, deviation })).toBe(alone);
    expect(seedsForPower({ difference: 0.39, deviation }, 0.8, 0.05 / 7)).toBe(holm);
  });

  // scipy: the smallest n, by counting up, with stats.t.ppf(.975, n - 1) · deviation / √n within the half-width
  test.each([
    [0.6, 0.3, 18],
    [5, 0.3, 1070],
    [0.05, 0.3, 3],
    [3, 1, 38],
  ])('deviation %d: ±%d takes %d seeds', (deviation, halfWidth, n) => {
    expect(seedsForHalfWidth(deviation, halfWidth)).toBe(n);
    expect(() => seedsForHalfWidth(deviation, 0)).toThrow(/above 0, not 0/);
  });

  // scipy.optimize.brentq of nct's power - .8, deviation .6
  test.each([
    [3, 0.05, 1.9584261298197432],
    [5, 0.05, 1.009198179573333],
    [20, 0.05, 0.39626499277380994],
    [10, 0.05 / 7, 0.8430422475118611],
  ])('%d seeds at level %d detect', (n, level, difference) => {
    expect(detectableDifference(0.6, n, 0.8, level)).toBeCloseTo(difference, 7);
  });
});
