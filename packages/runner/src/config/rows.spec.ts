import { describe, expect, test } from '@jest/globals';
import { planMain } from '../plan/plan.ts';
import { fakeIdentity, fakeRegistry, fakeSweep } from '../testing/fakes.ts';
import { checkedSweep } from './check-sweep.ts';
import { cellOf, ratesOf } from './sweep.ts';
import { sweepFileSchema } from './sweep-schema.ts';

function problemsOf(methods: readonly unknown[], more: object = {}): readonly string[] {
  const file = sweepFileSchema.parse({ name: 'fake', tasks: ['rte'], methods, seeds: [1], ...more });
  return checkedSweep(file, fakeRegistry, {}).problems;
}

describe('lists of values in a method’s entry', () => {
  test('make a row of each combination, with labels of their own', () => {
    const sweep = fakeSweep({
      methods: [
        'head',
        { label: 'a', name: 'lora', rank: [2, 4], training: { epochs: [1, 3] } },
        { label: 'm', name: 'lomap', map: { betaStart: [{ absolute: 1 }, { share: 0.01 }], start: 'paper' } },
        {
          ...{ label: 'm', name: 'lomap' },
          map: { magnitudes: [{ rule: 'norm-keeping' }, { rule: 'lora-equivalent', kappa: 0.5 }] },
        },
      ],
    });
    expect(sweep.labels).toEqual([
      ...['head', 'a-r2-epochs1', 'a-r2-epochs3', 'a-r4-epochs1', 'a-r4-epochs3'],
      ...['m-betaStart.absolute1', 'm-betaStart.share0.01'],
      ...['m-rule.norm-keeping', 'm-rule.lora-equivalent+kappa0.5'],
    ]);
    expect(cellOf(sweep, 'rte', 'a-r4-epochs1')).toMatchObject({ method: { rank: 4 }, training: { epochs: 1 } });
    expect(cellOf(sweep, 'rte', 'm-betaStart.share0.01').method.map?.betaStart).toEqual({ share: 0.01 });
    expect(sweep.listed['a-r4-epochs1']).toBe('rank 4, training.epochs 1');
    expect(sweep.listed['head']).toBe('');
  });

  test('are the trials of a file that writes each row', () => {
    const listed = fakeSweep({ methods: [{ label: 'a', name: 'lora', rank: [2, 4] }] });
    const written = fakeSweep({ methods: [2, 4].map((rank) => ({ label: `r${rank}`, name: 'lora', rank })) });
    const ids = (sweep: typeof listed) => planMain(sweep, fakeIdentity, new Map()).map(({ id }) => id);
    expect(ids(listed)).toEqual(ids(written));
  });

  test('of what is a list by nature need a list around', () => {
    const modules = ['query', 'value'];
    const one = fakeSweep({
      methods: [{ label: 'a', name: 'lora', targetModules: modules, training: { betas: [0.8, 0.9] } }],
    });
    expect(one.labels).toEqual(['a']);
    expect(cellOf(one, 'rte', 'a')).toMatchObject({
      method: { targetModules: modules },
      training: { betas: [0.8, 0.9] },
    });
    const two = fakeSweep({ methods: [{ label: 'a', name: 'lora', targetModules: [modules, 'x.*', ['a/b']] }] });
    expect(two.labels).toEqual([
      'a-targets.query+value',
      expect.stringMatching(/^a-targets\.[0-9a-f]{6}$/),
      expect.stringMatching(/^a-targets\.[0-9a-f]{6}$/),
    ]);
    expect(cellOf(two, 'rte', 'a-targets.query+value').method.targetModules).toEqual(modules);
  });

  test('keep their labels when a value is added, and all are names of folders', () => {
    const labels = (rank: number[], clip: (number | null)[]) =>
      fakeSweep({ methods: [{ label: 'a', name: 'lora', rank, training: { maxGradNorm: clip } }] }).labels;
    const few = labels([2, 4], [1e-7, null]);
    expect(few).toEqual(['a-r2-clip1e-7', 'a-r2-clip.null', 'a-r4-clip1e-7', 'a-r4-clip.null']);
    expect(labels([1, 2, 4], [0.5, 1e-7, null])).toEqual(expect.arrayContaining([...few]));
  });

  test('overrides and learning rates of the entry’s label mean all its rows, those of a row win', () => {
    const sweep = fakeSweep({
      tasks: ['rte'],
      methods: [{ label: 'a', name: 'lora', rank: [2, 4] }],
      methodsOverrides: { a: { training: { epochs: 7, batchSize: 8 } }, 'a-r4': { training: { epochs: 9 } } },
      learningRates: { rte: { a: 0.1, 'a-r2': 0.2 } },
    });
    expect(cellOf(sweep, 'rte', 'a-r2').training).toMatchObject({ epochs: 7, batchSize: 8 });
    expect(cellOf(sweep, 'rte', 'a-r4').training).toMatchObject({ epochs: 9, batchSize: 8 });
    expect(ratesOf(sweep, 'rte', 'a-r2')).toEqual([0.2]);
    expect(ratesOf(sweep, 'rte', 'a-r4')).toEqual([0.1]);
  });

  test('--methods takes the entry’s label for all its rows, and a row’s for one', () => {
    const methods = ['head', { label: 'a', name: 'lora', rank: [2, 4] }];
    expect(fakeSweep({ methods }, { methods: ['a'] }).labels).toEqual(['a-r2', 'a-r4']);
    expect(fakeSweep({ methods }, { methods: ['a-r4', 'lomap'] }).labels).toEqual(['a-r4', 'lomap']);
    expect(() => fakeSweep({ methods }, { methods: ['a-r8'] })).toThrow(/--methods: there is no method "a-r8"/);
  });

  test.each([
    [
      [{ label: 'a', name: 'lora', rank: [1, 2, 3, 4, 5, 6, 7, 8, 9], training: { epochs: [1, 2, 3, 4, 5, 6, 7, 8] } }],
      /methods\[0\]: its lists make 72 rows, rank \(9\) x training.epochs \(8\); an entry makes at most 64/,
    ],
    [[{ label: 'a', name: 'lora', rank: [2, 2] }], /methods: a-r2 is there twice/],
    [
      [
        { label: 'a-r2', name: 'lora' },
        { label: 'a', name: 'lora', rank: [2, 4] },
      ],
      /methods: a-r2 is there twice/,
    ],
    [
      [{ label: 'x'.repeat(40), name: 'lora', rank: [2, 4] }],
      /methods\[0\]: its lists make the label .*shorten "label"/,
    ],
    [[{ label: 'h', name: 'head', rank: [2, 4] }], /method h-r2: rank means nothing to "head"/],
  ])('%j is an error', (methods, message) => {
    expect(problemsOf(methods)).toContainEqual(expect.stringMatching(message));
  });
});
