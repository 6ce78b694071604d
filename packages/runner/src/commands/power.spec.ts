import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
  test('5 seeds of the public re-run: the t test’s power 22 %, ±.70; 30 seeds under Holm over 7', async () => {
    const text = await powerCommand({ difference: 0.39, deviation: 0.5638, seeds: 5, comparisons: 7 });
    expect(text.split('\n')).toEqual([
      'Two-sided paired t test of a true difference of 0.39 points with a deviation of 0.564:',
      '',
      'level                 seeds  power                 detectable (80 %)  t interval  seeds for 80 %',
      'alone, 0.05           5      0 % (t test: 22.4 %)  none               ±0.7        19',
      'Holm over 7, 0.00714  5      0 % (t test: 4.45 %)  none               ±0.7        30',
      '',
      "The report's sign-flip test reaches p ≤ 0.05 after Holm over 7 with 9 seeds at least: no fewer are recommended, and",
      "just above that its power is below the t test's, which the table has.",
      'With 5 seeds its smallest p is 0.438 after Holm over 7.',
    ]);
  });

  test('no fewer seeds than the sign-flip test needs, however large the difference', async () => {
    // 2 / 2^6 = .031 and 7 · 2 / 2^9 = .027; with 5 and 8 seeds .0625 and .055
    const large = { difference: 5, deviation: 1, comparisons: 7 };
    const [, , headers, alone, holm] = await rows(large);
    expect(headers).toEqual(['level', 'seeds for 80 %']);
    expect([alone, holm]).toEqual([
      ['alone, 0.05', '6'],
      ['Holm over 7, 0.00714', '9'],
    ]);
    const [, , , six, eight] = await rows({ ...large, seeds: 8 });
    expect(six!.slice(1, 3)).toEqual(['8', '> 99.9 %']);
    expect(eight!.slice(1, 4)).toEqual(['8', '0 % (t test: > 99.9 %)', 'none']);
    const [, , , , nine] = await rows({ ...large, seeds: 9 });
    expect(nine![2]).toBe('> 99.9 %');
  });

  // scipy: packages/report's equivalence-power.spec.ts and power.spec.ts
  test('--half-width and --equivalence, alone and together', async () => {
    const half = await powerCommand({ 'half-width': 0.3, deviation: 0.6 });
    expect(half).toBe('A 95 % t interval of ±0.3 points with a deviation of 0.6 takes 18 seeds.');
    const equal = await powerCommand({ equivalence: 0.3, deviation: 0.6, seeds: 40, comparisons: 7 });
    expect(equal.split('\n')).toEqual([
      'Two one-sided t tests within ±0.3 points of methods that are truly equal with a deviation of 0.6:',
      '',
      'level                 seeds  power   seeds for 80 %',
      'alone, 0.05           40     85.6 %  36',
      expect.stringMatching(/^Holm over 7, 0\.00714 {2}40 {5}[\d.]+ % {2,}59$/),
    ]);
    expect(await powerCommand({ equivalence: 0.3, deviation: 6, seeds: 10 })).toContain('10     < 0.05 %  ');
    const all = await powerCommand({ difference: 0.39, 'half-width': 0.3, equivalence: 0.3, deviation: 0.6 });
    expect(all.split('\n\n').map((part) => part.split(' ')[0])).toEqual([
      'Two-sided',
      'level',
      'The',
      'Two',
      'level',
      'A',
    ]);
  });

  test('without seeds: only how many it takes', async () => {
    const [, , headers, line, , last] = await rows({ difference: 0.39, deviation: 0.6 });
    expect(headers).toEqual(['level', 'seeds for 80 %']);
    expect(line).toEqual(['alone, 0.05', '21']);
    expect(last![0]).toMatch(/^The report's sign-flip test reaches p ≤ 0\.05 with 6 seeds at least: no fewer/);
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
    [{ 'half-width': 0, deviation: 1 }, /--half-width 0: expected points above 0/],
    [{ equivalence: -1, deviation: 1 }, /--equivalence -1: expected points above 0/],
    [{ 'half-width': 1e-6, deviation: 1 }, /An interval of ±0.000001 is not reached by 1000000 seeds/],
    [{ equivalence: 1e-6, deviation: 1 }, /Equality within ±0.000001 .* is not shown with power 0.8 by 1000000 seeds/],
    [{ difference: 1, deviation: 1, alpha: 1e-6, comparisons: 2 }, /--alpha 0.000001 over 2: .* at least 0.000001/],
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
    expect(text).toMatch(/DoRA against LoRA \(3 pairs\) +0\.265 +alone, 0\.05 +20 +> 99\.9 %/);
  });

  test('--half-width and --equivalence take each method’s deviation', async () => {
    const text = await powerCommand({ 'half-width': 0.3, equivalence: 0.3, from: join(directory, 'tiny') });
    // scipy: numpy.std(ddof=1) .26458 and 1.1547; stats.t.ppf(.975, n - 1) · deviation / √n at most .3
    expect(text).toMatch(/^DoRA against LoRA \(3 pairs\) +0\.265 +6$/m);
    expect(text).toMatch(/^LoMAP against LoRA \(3 pairs\) +1\.15 +60$/m);
    expect(text).toMatch(/^DoRA against LoRA \(3 pairs\) +0\.265 +alone, 0\.05 +3 +[\d.]+ % +\d+$/m);
    expect(text).toContain('Left out: head only');
  });

  test('a folder without results or pairs is a failure that says so', async () => {
    const missing = powerCommand({ difference: 1, from: join(directory, 'none') });
    await expect(missing).rejects.toThrow(FailureError);
    await expect(missing).rejects.toMatchObject({
      message: `--from ${join(directory, 'none')}: there is no such folder.`,
      hint: 'Name a folder results/<sweep> that has a baseline and more seeds, or give --deviation.',
    });
    const file = powerCommand({ difference: 1, from: fileURLToPath(import.meta.url) });
    await expect(file).rejects.toThrow(/--from .*power\.spec\.ts: not a folder\.$/);
    const empty = powerCommand({ difference: 1, from: directory });
    await expect(empty).rejects.toThrow(/at least two seeds; 0 results are here/);
  });
});
