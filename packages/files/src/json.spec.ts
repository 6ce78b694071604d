import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JsonError, parseJson } from './json.ts';

const problems = (json: string | Uint8Array): readonly string[] => {
  try {
    parseJson(json, 'x.json');
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    expect(error.message).toBe(`x.json: ${error.problems.join(' ')}`);
    return error.problems;
  }
  return [];
};
const bytes = (...parts: (string | number[])[]): Uint8Array => Buffer.concat(parts.map((part) => Buffer.from(part)));

test('any value is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.boolean(), (json, asBytes) => {
      expect(parseJson(asBytes ? Buffer.from(json) : json, 'x.json')).toEqual(JSON.parse(json));
    }),
  );
});

describe('a key that occurs twice', () => {
  test.each([
    ['{\n  "seeds": [1],\n  "name": "a",\n  "seeds": [9]\n}', ['the key seeds occurs twice, on line 2 and on line 4;']],
    ['{"a": 1, "\\u0061": 1}', ['the key a occurs twice, both times on line 1;']],
    ['[{"a": {"b-c": [0, {"d": 1,\n"d": 1}]}}]', ['the key [0].a.b-c[1].d occurs twice, on line 1 and on line 2;']],
    ['{"##a": {"x y": 1,\r\n"x y": 2}}', ['the key ["##a"]["x y"] occurs twice, on line 1 and on line 2;']],
    ['{"__proto__": 1, "__proto__": 2}', ['the key __proto__ occurs twice, both times on line 1;']],
    ['{"": 1,\n\n"": 2}', ['the key [""] occurs twice, on line 1 and on line 3;']],
    ['{"a": {"b": 1, "b": 1}, "c": 1, "a": 2}', ['the key a.b occurs', 'the key a occurs']],
    ['{"a": 1, "a": {"b": 1, "c": 2}}', ['the key a occurs']],
    ['{"b": {"a": 1}, "b": {"c": 1}}', ['the key b occurs']],
  ])('%j', (json, expected) => {
    const found = problems(json);
    expect(found).toHaveLength(expected.length);
    found.forEach((problem, i) => expect(problem).toContain(expected[i]!));
  });

  test('anywhere in any object, whatever its values', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1, maxKeys: 5 });
    fc.assert(
      fc.property(object, fc.nat(), fc.jsonValue(), (value, at, again) => {
        const keys = Object.keys(value);
        const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${JSON.stringify(item)}`);
        const key = keys[at % keys.length]!;
        members.push(`${JSON.stringify(key)}:${JSON.stringify(again)}`);
        expect(problems(`{"outer":[{${members.join(',')}}]}`)).toHaveLength(1);
      }),
    );
  });

  test('a name in two objects, and colons, braces and quotes inside of strings, are none', () => {
    const json = '{"a": {"a": ":{[\\":"}, "b": [{"a": "\\\\"}, {"a": 1}], "__proto__": {"c": 1}}';
    const value = parseJson(json, 'x.json') as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['a', 'b', '__proto__']);
    expect(({} as { c?: unknown }).c).toBeUndefined();
  });

  test('many are counted, not all listed', () => {
    const json = `{${Array.from({ length: 40 }, (_, i) => `"k${i}":1,"k${i}":2`).join(',')}}`;
    expect(problems(json)).toHaveLength(11);
    expect(problems(json).at(-1)).toBe('30 more keys occur twice.');
  });
});

test.each([
  ['', 'it is empty, expected a JSON object or another value.'],
  [' \n', 'it is empty, expected a JSON object or another value.'],
  ['{\n  "a": 1,\n  "b": 2,\n}', 'not JSON: line 4, column 1: a key in double quotes is expected'],
  ['{"a": 1\n"b": 2}', 'not JSON: line 2, column 1: comma expected.'],
  ['{"a": x}', 'not JSON: line 1, column 7: a word that is no JSON value.'],
  ['{"a": 1', 'not JSON: line 1, column 8: close brace expected.'],
  ['{"a": 1} 2', 'not JSON: line 1, column 10: the end is expected.'],
  ["{'a': 1}", 'not JSON: line 1, column 2:'],
  ['{"a": 1 // one\n}', 'not JSON: line 1, column 9: JSON has no comments.'],
  ['{"a": NaN}', 'not JSON: line 1, column 7: a word that is no JSON value.'],
  ['{"a": "\n"}', 'not JSON: line 1, column 7:'],
])('%j is not JSON, and it says where', (json, expected) => {
  expect(problems(json)).toEqual([expect.stringContaining(expected)]);
});

test('what JSON.parse refuses is refused', () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', ',', '}', '[', '"', ':', '\\', '0', 'e', '\u0001'),
      (json, at, put) => {
        const place = at % (json.length + 1);
        const damaged = json.slice(0, place) + put + json.slice(place + 1);
        let valid = true;
        try {
          JSON.parse(damaged);
        } catch {
          valid = false;
        }
        if (!valid) expect(problems(damaged)).toHaveLength(1);
      },
    ),
    { numRuns: 1000 },
  );
});

test('bytes: UTF-8 with or without a mark, and nothing else', () => {
  expect(parseJson(bytes([0xef, 0xbb, 0xbf], '{"ä": "\u{20000}"}'), 'x.json')).toEqual({ ä: '\u{20000}' });
  expect(problems(bytes('{"a":\n"', [0xe9], '"}'))).toEqual([
    'expected text in UTF-8, but line 2 is not. Save it as UTF-8.',
  ]);
  expect(problems(bytes([0xff, 0xfe], Buffer.from('{}', 'utf16le').toString('latin1')))).toEqual([
    'expected text in UTF-8, but it begins as UTF-16 does. Save it as UTF-8.',
  ]);
});

test('a bomb of brackets is a message', () => {
  for (const open of ['[', '{"a":']) {
    expect(problems(open.repeat(1_000_000))).toEqual(['objects and arrays lie more than 200 deep inside each other.']);
  }
  const close = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  expect(problems(close(200))).toEqual([]);
  expect(problems(close(201))).toHaveLength(1);
});
