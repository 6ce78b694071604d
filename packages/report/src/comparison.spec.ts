import { describe, expect, test } from '@jest/globals';
import { fakeResult, type FakeResult } from '@lomap/results/testing';
import { baselineOf } from './baseline.ts';
import { compare, restrict, type Comparison, type Row } from './comparison.ts';
import { compareText } from './names.ts';
import { fakeAblation, fakeSweep } from './testing/fake-sweep.ts';

/** Scores of a label by seed, on one task. */
function scores(label: string, bySeed: Record<number, number>, more: FakeResult = {}) {
  return Object.entries(bySeed).map(([seed, score]) => fakeResult({ label, seed: Number(seed), score, ...more }));
}

function row(comparison: Comparison, title: string): Row {
  const found = comparison.rows.find((candidate) => candidate.title === title);
  if (found === undefined) throw new Error(`No row ${title} in ${comparison.rows.map((each) => each.title).join()}.`);
  return found;
}

describe('compare', () => {
  test('gives scores in points and differences paired by seed', () => {
    const results = [...scores('lora', { 1: 0.8, 2: 0.82, 3: 0.81 }), ...scores('lomap', { 2: 0.83, 3: 0.85, 9: 0.5 })];
    const lomap = row(compare('fake', results)!, 'LoMAP');
    expect(lomap.cells[0]!.score!.mean).toBeCloseTo((100 * (0.83 + 0.85 + 0.5)) / 3, 9);
    expect(lomap.cells[0]!.difference!.n).toBe(2); // seeds 2 and 3; an unpaired difference of means would be -8.3
    expect(lomap.cells[0]!.difference!.mean).toBeCloseTo(2.5, 9);
    expect([...lomap.cells[0]!.differenceBySeed.keys()]).toEqual([2, 3]);
  });

  test('averages over the tasks within a seed that has them all', () => {
    const results = [
      ...scores('lora', { 1: 0.8, 2: 0.6 }, { task: 'mrpc' }),
      ...scores('lora', { 1: 0.4 }, { task: 'cola' }),
      ...scores('dora', { 1: 0.9, 2: 0.7 }, { task: 'mrpc' }),
      ...scores('dora', { 1: 0.5 }, { task: 'cola' }),
    ];
    const comparison = compare('fake', results)!;
    expect(comparison.tasks.map(({ task }) => task)).toEqual(['cola', 'mrpc']);
    expect(row(comparison, 'LoRA').average.score).toMatchObject({ n: 1, mean: 60 });
    expect(row(comparison, 'DoRA').average.difference!.mean).toBeCloseTo(10, 9);
    expect(row(comparison, 'DoRA').p).toBe(1);
  });

  test('adjusts the endpoint’s p over the rows compared', () => {
    const comparison = compare('fake', fakeSweep())!;
    expect(comparison.rows.map(({ title }) => title)).toEqual(['head only', 'LoRA', 'DoRA', 'LoMAP']);
    expect(row(comparison, 'LoRA')).toMatchObject({ baseline: null, p: null, pHolm: null });
    expect(row(comparison, 'LoMAP')).toMatchObject({ baseline: 'LoRA', p: 0.25, pHolm: 0.75 });
    expect(row(comparison, 'LoRA')).toMatchObject({ bca: null, pEquivalent: null, pEquivalentHolm: null });
    const equivalent = comparison.rows.filter(({ pEquivalent }) => pEquivalent !== null);
    const smallest = equivalent.reduce((least, each) => (each.pEquivalent! < least.pEquivalent! ? each : least));
    expect(equivalent).toHaveLength(3);
    expect(smallest.pEquivalentHolm).toBeCloseTo(Math.min(1, 3 * smallest.pEquivalent!), 12);
  });

  test('gives the endpoint a BCa interval within its seeds’ differences', () => {
    const lomap = row(compare('fake', fakeSweep())!, 'LoMAP');
    const differences = [...lomap.average.differenceBySeed.values()];
    expect(lomap.bca).not.toBeNull();
    expect(lomap.bca![0]).toBeGreaterThanOrEqual(Math.min(...differences) - 1e-9);
    expect(lomap.bca![1]).toBeLessThanOrEqual(Math.max(...differences) + 1e-9);
    expect(lomap.bca![0]).toBeLessThan(lomap.average.difference!.mean);
    expect(lomap.bca![1]).toBeGreaterThan(lomap.average.difference!.mean);
  });

  test('does not depend on the order of the results', () => {
    const results = fakeSweep();
    expect(compare('fake', [...results].reverse())).toEqual(compare('fake', results));
  });

  test('leaves search trials out, and is null without main trials', () => {
    const searches = fakeSweep().filter(({ trial }) => trial.purpose === 'search');
    expect(compare('fake', searches)).toBeNull();
  });

  test('trials of one cell with other settings are rows of their own, each with its own baseline', () => {
    const [short, long] = [{ training: { epochs: 1 } }, { training: { epochs: 3 } }];
    const results = [
      ...[...scores('lora', { 1: 0.7 }, short), ...scores('lora', { 1: 0.8 }, long)],
      ...[...scores('dora', { 1: 0.72 }, short), ...scores('dora', { 1: 0.83 }, long)],
    ];
    const comparison = compare('fake', results)!;
    expect(row(comparison, 'DoRA (training.epochs=1)').cells[0]!.difference!.mean).toBeCloseTo(2, 9);
    expect(row(comparison, 'DoRA (training.epochs=3)').cells[0]!.difference!.mean).toBeCloseTo(3, 9);
    expect(comparison.warnings).toHaveLength(4);
    expect(comparison.warnings[0]).toMatch(/differ in their settings; "LoRA \(training\.epochs=1\)"/);
  });

  test('a restriction keeps the baseline and adjusts p over what is left', () => {
    const cells = restrict(compare('fake', fakeSweep())!, ({ method }) => method === 'lomap');
    expect(cells.rows).toHaveLength(1);
    expect(cells.rows[0]).toMatchObject({ baseline: 'LoRA', p: 0.25, pHolm: 0.25 });
    expect(cells.results).toHaveLength(12);
  });
});

describe('baselineOf', () => {
  const candidate = (label: string, method: string, rank: number | null = 8) => ({ label, method, rank, variant: '' });

  test('is LoRA of the same rank', () => {
    const loras = [candidate('lora-r2', 'lora', 2), candidate('lora-r8', 'lora', 8)];
    expect(baselineOf(candidate('dora-r2', 'dora', 2), loras)).toBe(loras[0]);
    expect(baselineOf(loras[1]!, loras)).toBeNull();
    expect(baselineOf(candidate('dora-r4', 'dora', 4), loras)).toBeNull();
  });

  test('without LoRA, training from scratch is what the others are compared with', () => {
    const scratch = candidate('scratch', 'scratch', null);
    const full = candidate('full', 'full', null);
    expect(baselineOf(full, [scratch, full])).toBe(scratch);
    expect(baselineOf(scratch, [scratch, full])).toBeNull();
    const lora = candidate('lora', 'lora', 8);
    expect(baselineOf(full, [scratch, full, lora])).toBe(lora);
  });

  test('without LoRA, is the method’s reference cell', () => {
    const cells = [candidate('paper', 'lomap'), candidate('beta-zero', 'lomap'), candidate('head', 'head', null)];
    expect(baselineOf(cells[1]!, cells)).toBe(cells[0]);
    expect(baselineOf(cells[0]!, cells)).toBeNull();
    expect(baselineOf(cells[2]!, cells)).toBeNull();
  });
});

test('an ablation’s cells are rows by label', () => {
  expect(compare('fake', fakeAblation())!.rows).toHaveLength(6);
});

test('compareText puts numbers in their order', () => {
  expect(['x10', 'x2', 'x', 'a-1e2'].sort(compareText)).toEqual(['a-1e2', 'x', 'x2', 'x10']);
});

describe('unequal protocols', () => {
  const long = { training: { epochs: 4, maxTrainSamples: 320, warmupRatio: 0.4 } };
  const differing = ['training.epochs', 'training.warmupRatio', 'training.maxTrainSamples'];
  const lora = { 1: 0.7, 2: 0.71, 3: 0.69 };
  const dora = { 1: 0.95, 2: 0.96, 3: 0.94 };

  test('are not compared, and leave Holm’s family', () => {
    const results = [...scores('lora', lora), ...scores('dora', dora, long), ...scores('lomap', lora)];
    const comparison = compare('fake', results)!;
    const unequal = row(comparison, 'DoRA');
    expect(unequal).toMatchObject({ baseline: 'LoRA', p: null, pHolm: null, bca: null, pEquivalent: null });
    expect(unequal.unequal).toEqual(new Map([['fake-task', differing]]));
    for (const cell of [...unequal.cells, unequal.average]) {
      expect(cell.difference).toBeNull();
      expect(cell.score).toMatchObject({ n: 3 });
    }
    expect(row(comparison, 'LoMAP')).toMatchObject({ p: 1, pHolm: 1, unequal: new Map() });
    expect(comparison.protocols.map(({ key }) => key)).toEqual(differing);
  });

  test('are compared where they are the sweep’s question, all of them', () => {
    const results = [...scores('lora', lora), ...scores('dora', dora, long)];
    const asked = compare('fake', results, { question: differing, diverged: [] })!;
    expect(row(asked, 'DoRA').average.difference).toMatchObject({ n: 3 });
    expect(asked.protocols).toHaveLength(3);
    const half = compare('fake', results, { question: differing.slice(0, 2), diverged: [] })!;
    expect(row(half, 'DoRA').unequal).toEqual(new Map([['fake-task', ['training.maxTrainSamples']]]));
  });

  test('on one task leave the other compared, and the average not', () => {
    const results = ['cola', 'rte'].flatMap((task) => [
      ...scores('lora', lora, { task }),
      ...scores('dora', dora, { task, ...(task === 'rte' && long) }),
    ]);
    const comparison = compare('fake', results)!;
    const [cola, rte] = row(comparison, 'DoRA').cells;
    expect([cola!.difference?.n, rte!.difference, row(comparison, 'DoRA').average.difference]).toEqual([3, null, null]);
    expect(restrict(comparison, ({ method }) => method === 'dora').protocols.map(({ tasks }) => tasks)).toEqual(
      differing.map(() => ['rte']),
    );
  });

  test('a seed of another protocol is not hidden by the others', () => {
    const results = [...scores('lora', lora), ...scores('dora', { 1: 0.9 }), ...scores('dora', { 2: 0.9 }, long)];
    expect(row(compare('fake', results)!, 'DoRA').unequal.size).toBe(1);
  });

  test('the rate of a head that is trained alone is the method’s own', () => {
    const own = { training: { headLearningRate: 1e-3 } };
    const results = [...scores('lora', lora, own), ...scores('head', lora), ...scores('full', lora)];
    const comparison = compare('fake', results)!;
    expect(row(comparison, 'head only').unequal.size).toBe(0);
    expect(row(comparison, 'full fine-tuning').unequal.get('fake-task')).toEqual(['training.headLearningRate']);
  });
});
