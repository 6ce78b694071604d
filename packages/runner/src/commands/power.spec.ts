import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { trialFolderName, writeResult } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';
import { FailureError, UsageError } from '../errors.ts';
import { powerCommand } from './power.ts';

/** The table's lines as lists of cells. */
async function rows(args: Parameters<typeof powerCommand>[0]): Promise<string[][]> {
  const text = await powerCommand(args);
  return text.split('\n').map((line) => line.split(/ {2,}/));
}

describe('lomap power', () => {
  // The protocol's figures (deviation .7 · √5 / t(.975; 4)) and, for the rest, scipy.stats.nct: packages/report's power.spec.ts
  test('5 seeds of the public re-run: power 22 %, ±.70; 30 seeds under Holm over 7', async () => {
    const text = await powerCommand({ difference: 0.39, deviation: 0.5638, seeds: 5, comparisons: 7 });
    expect(text.split('\n')).toEqual([
      'Two-sided paired t test of a true difference of 0.39 points with a deviation of 0.564:',
      '',
      'level                 seeds  power   detectable (80 %)  t interval  seeds for 80 %',
      'alone, 0.05           5      22.4 %  0.948              ±0.7        19',
      'Holm over 7, 0.00714  5      4.45 %  1.62               ±0.7        30',
      '',
      "The report's sign-flip test reaches p ≤ 0.05 after Holm over 7 with 9 seeds at least.",
      'With 5 seeds its smallest p is 0.438 after Holm over 7.',
    ]);
  });

  test('without seeds: only how many it takes', async () => {
    const [, , headers, line, , last] = await rows({ difference: 0.39, deviation: 0.6 });
    expect(headers).toEqual(['level', 'seeds for 80 %']);
    expect(line).toEqual(['alone, 0.05', '21']);
    expect(last).toEqual(["The report's sign-flip test reaches p ≤ 0.05 with 6 seeds at least."]);
  });

  test.each([
    [{}, /--difference is missing.*--deviation or --from: expected one/],
    [{ difference: 0.39 }, /--deviation or --from/],
    [{ difference: 0.39, deviation: 1, from: 'x' }, /--deviation and --from: expected one of the two/],
    [{ difference: 0, deviation: 1 }, /--difference 0: expected points other than 0/],
    [{ difference: NaN, deviation: 1 }, /--difference: expected points/],
    [{ difference: 1, deviation: -1 }, /--deviation -1: expected points above 0/],
    [{ difference: 1, deviation: 1, seeds: 1 }, /--seeds 1: expected a whole number of at least 2/],
    [{ difference: 1, deviation: 1, power: 80, alpha: 5 }, /--power 80: .* --alpha 5: expected a level/],
    [{ difference: 1, deviation: 1, power: 0.05 }, /--power 0.05: expected more than --alpha 0.05/],
    [{ difference: 1, deviation: 1, comparisons: 0 }, /--comparisons 0: expected a whole number/],
    [{ difference: 1, deviation: 1e-9, seeds: 5 }, /within 1000 deviations of 1e-9: check the units/],
    [{ difference: 1e-6, deviation: 1 }, /not shown with power 0.8 by 1000000 seeds/],
  ])('%j is wrong usage', async (args, message) => {
    await expect(powerCommand(args)).rejects.toThrow(UsageError);
    await expect(powerCommand(args)).rejects.toThrow(message);
  });
});

describe('--from', () => {
  let directory: string;
  const scores = {
    lora: [0.8, 0.81, 0.79],
    dora: [0.802, 0.811, 0.787],
    lomap: [0.81, 0.82, 0.82],
    head: [0.6],
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lomap-power-'));
    for (const [label, values] of Object.entries(scores)) {
      for (const [i, score] of values.entries()) {
        const result = fakeResult({ label, seed: i + 1, score });
        const { settings, id } = result.trial;
        await writeResult(join(directory, 'tiny', trialFolderName(settings, id)), result);
      }
    }
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('takes each method’s deviation and seeds, and Holm over the rows', async () => {
    const text = await powerCommand({ difference: 1, from: join(directory, 'tiny') });
    const table = text.split('\n').map((line) => line.split(/ {2,}/));
    expect(table[2]!.slice(0, 4)).toEqual(['differences', 'deviation', 'level', 'seeds']);
    // DoRA's differences .2, .1, -.3: numpy.std(ddof=1) .2646; LoMAP's 1, 1, 3: 1.155
    expect(table[3]!.slice(0, 4)).toEqual(['DoRA against LoRA (3 pairs)', '0.265', 'alone, 0.05', '3']);
    expect(table[4]!.filter((cell) => cell !== '')[0]).toBe('Holm over 3, 0.0167');
    expect(table[5]!.slice(0, 4)).toEqual(['LoMAP against LoRA (3 pairs)', '1.15', 'alone, 0.05', '3']);
    expect(text).toContain('Left out: head only against LoRA, one pair of seeds.');
    expect(text).toContain('A deviation of few pairs is itself uncertain');
    expect(text).toContain('With 3 seeds its smallest p is 0.75 after Holm over 3.');
  });

  test('--seeds and --comparisons go before what the results have', async () => {
    const text = await powerCommand({ difference: 1, from: join(directory, 'tiny'), seeds: 20, comparisons: 1 });
    expect(text).not.toContain('Holm');
    expect(text).toMatch(/DoRA against LoRA \(3 pairs\) +0\.265 +alone, 0\.05 +20 +100 %/);
  });

  test('a folder without results or pairs is a failure that says so', async () => {
    const missing = powerCommand({ difference: 1, from: join(directory, 'none') });
    await expect(missing).rejects.toThrow(FailureError);
    await expect(missing).rejects.toThrow(/--from .*none/);
    const empty = powerCommand({ difference: 1, from: directory });
    await expect(empty).rejects.toThrow(/at least two seeds; 0 results are here/);
  });
});
