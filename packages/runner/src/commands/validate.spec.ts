import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { exitCodes } from '../errors.ts';
import { validateCommand, type ValidateArguments } from './validate.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-validate-'));

function write(name: string, value: unknown): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

async function validate(args: Partial<ValidateArguments>): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await validateCommand(
    { format: 'table', ...args },
    (text) => out.push(text),
    (text) => err.push(text),
  );
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** The problems of a file, each without its indent. */
async function problemsOf(value: unknown): Promise<string[]> {
  const { err } = await validate({ config: write('one', value) });
  return err
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}

const valid = { name: 'x', tasks: ['rte'], methods: ['lora'], seeds: [1] };
const lomap = (map: object): object => ({ ...valid, methods: [{ label: 'a', name: 'lomap', map }] });

describe('all errors at once', () => {
  test('of the schema and of what the names mean', async () => {
    const problems = await problemsOf({
      ...valid,
      tasks: ['rtee', 3, 'cola', 'cola'],
      methods: [
        'lorra',
        { label: 'h', name: 'head', rank: 4 },
        { label: 'm', name: 'lomap', rnk: 2, map: { start: 'papr' } },
      ],
      seeds: [1, 1, 'x'],
      base: { training: { epochs: '3' }, engine: { device: 'webgpuu' } },
      search: { task: 'mrpcc', seeds: [101] },
      sedes: 1,
    });
    const expected = [
      /^tasks\[1\]: expected a text, not 3/,
      /^methods\[2\]\.rnk: unknown key\. Did you mean "rank"/,
      /^methods\[2\]\.map\.start: expected "paper" or "beta-zero", or a list of such, not "papr"/,
      /^seeds\[2\]: expected a number/,
      /^base\.training\.epochs: expected a number/,
      /^search\.learningRates: it is missing; expected a list/,
      /^sedes: unknown key\. Did you mean "seeds"/,
      /^search\.task: there is no task "mrpcc"/,
      /^tasks\[0\]: there is no task "rtee"/,
      /^tasks: cola is there twice/,
      /^methods\[0\]: there is no method "lorra"/,
      /^method h: rank means nothing to "head"/,
      /^seeds: 1 is there twice/,
      /^base\.engine\.device: there is no device "webgpuu"/,
    ];
    for (const pattern of expected) expect(problems).toContainEqual(expect.stringMatching(pattern));
    expect(problems).toHaveLength(expected.length);
  });

  test('none of them only because another was taken away', async () => {
    expect(await problemsOf({ ...valid, tasks: 'rte', methods: [{ label: 3 }], methodsOverrides: { a: {} } })).toEqual([
      expect.stringMatching(/^tasks: expected a list/),
      expect.stringMatching(/^methods\[0\]\.label: /),
      expect.stringMatching(/^methods\[0\]\.name: /),
    ]);
    expect(await problemsOf({ ...valid, forgetting: { previous: { task: 'rtee' } } })).toHaveLength(3);
    expect(await problemsOf({ ...valid, forgetting: { previous: 3 } })).toHaveLength(1);
  });

  test('of several files', async () => {
    const files = [write('good', valid), write('bad', { ...valid, tasks: ['rtee'] }), join(folder, 'none.json')];
    const { code, out, err } = await validate({ files });
    expect(code).toBe(exitCodes.usage);
    expect(out).toContain('good.json is valid: 1 trials');
    expect(err).toContain('bad.json has one error');
    expect(err).toContain(`There is no sweep file ${files[2]}`);
  });
});

describe('unions are told by what they take', () => {
  const scalar = 'expected {"absolute": x} or {"share": x}';

  test.each([
    [lomap({ betaStart: 1 }), `methods[0].map.betaStart: ${scalar}, or a list of such, not 1.`],
    [{ ...valid, base: { method: { map: { betaStart: 1 } } } }, `base.method.map.betaStart: ${scalar}, not 1.`],
    [{ ...valid, base: { method: { map: { betaStart: {} } } } }, `base.method.map.betaStart: ${scalar}, not {}.`],
    [
      { ...valid, base: { method: { map: { betaStart: { absolut: 1 } } } } },
      `base.method.map.betaStart: ${scalar}, not {"absolut":1}.`,
    ],
    [
      { ...valid, base: { method: { targetModules: 3 } } },
      'base.method.targetModules: expected text or list of texts or null, not 3.',
    ],
    [
      { ...valid, base: { method: { decomposeFactor: 0 } } },
      'base.method.decomposeFactor: expected more than 0, not 0.',
    ],
    [{ ...valid, methods: [3] }, 'methods[0]: expected text or {"label": ..., "name": ...}, not 3.'],
    [
      { ...valid, learningRates: 3 },
      'learningRates: expected list of numbers > 0 or {"...": {"...": number > 0}}, not 3.',
    ],
    [
      { ...valid, methods: [{ label: 'a', name: 'lora', rank: 2.5 }] },
      'methods[0].rank: expected whole number > 0 or null, or a list of such, not 2.5.',
    ],
    [
      { ...valid, methods: [{ label: 'a', name: 'lora', rank: [2, 'x'] }] },
      'methods[0].rank[1]: expected a number, not "x".',
    ],
    [
      { ...valid, base: { method: { targetModules: ['a', 3] } } },
      'base.method.targetModules[1]: expected a text, not 3.',
    ],
  ])('%j', async (file, expected) => {
    expect(await problemsOf(file)).toEqual([expected]);
  });
});

describe('as JSON', () => {
  test('everything is on stdout: what a sweep is, and errors with their keys', async () => {
    const files = [
      write('good', { ...valid, methods: [{ label: 'a', name: 'lora', rank: [2, 4] }] }),
      write('bad', { ...valid, tasks: ['rtee'], sedes: 1 }),
      write('text', 'no'),
    ];
    const { code, out, err } = await validate({ files, format: 'json' });
    expect([code, err]).toEqual([exitCodes.usage, '']);
    expect(JSON.parse(out)).toEqual({
      valid: false,
      files: [
        {
          ...{ file: files[0], valid: true, errors: [], name: 'x', trials: 2, search: 0, tasks: ['rte'], seeds: [1] },
          rows: [
            { label: 'a-r2', listed: 'rank 2' },
            { label: 'a-r4', listed: 'rank 4' },
          ],
          notes: ['the file names none, so a sweep needs --model and --data.'],
        },
        {
          ...{ file: files[1], valid: false },
          errors: [
            { key: 'sedes', message: 'unknown key. Did you mean "seeds"?' },
            { key: 'tasks[0]', message: expect.stringContaining('there is no task "rtee"') },
          ],
        },
        { file: files[2], valid: false, errors: [{ key: '(the file)', message: expect.stringContaining('not JSON') }] },
      ],
    });
  });

  test('of the command line too', async () => {
    const { code, out } = await validate({ files: [write('good', valid)], tasks: 'rtee', format: 'json' });
    expect(code).toBe(exitCodes.usage);
    expect(JSON.parse(out)).toMatchObject({ files: [{ errors: [{ key: '--tasks' }] }] });
  });
});
