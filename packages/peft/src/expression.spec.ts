import { describe, expect, test } from '@jest/globals';
import { fullMatch } from './expression.ts';

const path = 'bert.encoder.layer.11.attention.self.query';

describe('an expression matches paths in full', () => {
  test.each([
    ['.*\\.query', true],
    ['query', false],
    ['query|.*self\\.query', true],
    ['(?!.*pooler).*\\.(query|key)', true],
    ['(?<at>bert).*', true],
    ['bert\\.encoder\\.layer\\.11\\.attention\\.self\\.query', true],
    [path, true],
  ])('%s', (expression, expected) => {
    expect(fullMatch(expression, 'key')(path)).toBe(expected);
  });

  test('or their end after a dot', () => {
    const matches = fullMatch('self.query|layer.*', 'rank_pattern', 'end');
    expect([path, 'self.query', 'myself.query'].map(matches)).toEqual([true, true, false]);
  });
});

test.each(['(', 'a)|(b', '*'])('%s is not one', (expression) => {
  expect(() => fullMatch(expression, 'key')).toThrow(/^key ".*" is not a regular expression: [^/]*\.$/);
});

test.each(['([a-z.0-9_]+)+X', '(a|[a-z.]|\\w)*X', '.*.*.*.*.*.*.*.*.*.*X', '(?=(.*)*X).*'])(
  '%s ends with an error',
  (expression) => {
    expect(() => fullMatch(expression, 'key', 'whole', 100)(path)).toThrow(
      `key ${JSON.stringify(expression)} is not matched within 100 ms`,
    );
  },
);

test('the time is for all paths together', () => {
  // Each of these takes a part of it.
  const matches = fullMatch('(x+x+)+y', 'key', 'whole', 100);
  const paths = Array.from({ length: 200 }, (_, i) => `${'x'.repeat(20)}${i}`);
  expect(() => paths.map(matches)).toThrow('is not matched within 100 ms');
});
