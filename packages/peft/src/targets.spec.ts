import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { targetedModules } from './targets.ts';
import { tinyModel } from './testing/tiny-model.ts';
import type { LinearModule } from './types.ts';

const paths = (targets: string | readonly string[], model = tinyModel): string[] =>
  targetedModules(model, targets).map(({ path }) => path);

const linear = (path: string): LinearModule => ({ path, out: 1, in: 1, bias: false });

describe('lists name modules by their path or a suffix after a dot', () => {
  test('a suffix must begin at a component', () => {
    expect(paths(['dense'])).toEqual([
      'encoder.layer.0.wide.dense',
      'encoder.layer.0.output.dense',
      'encoder.layer.1.wide.dense',
      'encoder.layer.1.output.dense',
    ]);
    expect(() => paths(['ense'])).toThrow(/matches none/);
  });

  test('a module named twice is adapted once', () => {
    const layer = 'bert.encoder.layer.0';
    const modules = ['attention.self.query', 'attention.self.key', 'attention.self.value'];
    const linears = [...modules, 'attention.output.dense', 'intermediate.dense', 'output.dense'].map((name) =>
      linear(`${layer}.${name}`),
    );
    const bert = { ...tinyModel, linears: [...linears, linear('bert.pooler.dense')], head: ['bert.pooler'] };
    expect(
      targetedModules(bert, ['query', 'key', 'value', 'attention.output.dense', 'intermediate.dense', 'output.dense']),
    ).toEqual(linears);
  });

  const name = fc.stringMatching(/^[a-c]{1,2}$/);
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
  test('property: exactly the matching modules outside the head, in the model’s order, each once', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(path, { minLength: 1, maxLength: 12 }),
        fc.array(path, { minLength: 1 }),
        name,
        (all, targets, head) => {
          const model = { ...tinyModel, linears: all.map(linear), head: [head] };
          const free = all.filter((p) => p !== head && !p.startsWith(`${head}.`));
          const matches = (p: string, t: string): boolean => p === t || p.endsWith(`.${t}`);
          if (targets.some((t) => !free.some((p) => matches(p, t)))) {
            expect(() => paths(targets, model)).toThrow(RangeError);
          } else {
            expect(paths(targets, model)).toEqual(free.filter((p) => targets.some((t) => matches(p, t))));
          }
        },
      ),
    );
  });
});

describe('a string is a regular expression for whole paths', () => {
  test('in full', () => {
    expect(paths('.*\\.layer\\.1\\.(query|wide\\.dense)')).toEqual([
      'encoder.layer.1.query',
      'encoder.layer.1.wide.dense',
    ]);
    expect(() => paths('query')).toThrow(/"query" matches none of the model's 6 linear modules/);
    expect(paths('query|encoder.layer.0.query')).toEqual(['encoder.layer.0.query']);
  });

  test('invalid ones are refused', () => {
    expect(() => paths('(')).toThrow(/is not a regular expression/);
  });
});

describe('the head is never adapted', () => {
  test('silently left out of a wider match', () => expect(paths('.*dense')).not.toContain('pooler.dense'));
  test('an error where it is all that matches', () => {
    expect(() => paths(['pooler.dense'])).toThrow(/matches only the task head \(pooler.dense\)/);
  });
});

test('errors name near modules', () => {
  expect(() => paths(['qeury'])).toThrow(/"qeury" matches none .* Near names: query/);
  expect(() => paths(['outptu.dense'])).toThrow(/Near names: output\.dense/);
  expect(() => paths([])).toThrow(/empty list/);
});
