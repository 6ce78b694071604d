/** A method in one file, named by a sweep file: checked, trained in worker processes, reported. */
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readResults, settingsSchema, trialId } from '@lomap/results';
import { openWorker } from '@lomap/runner';
import { lomap } from '../sweep/lomap.ts';
import { beside, tinyFile, tinySweep, type TinySweep } from './tiny-sweep.ts';

let tiny: TinySweep;
let config: string;
let plugin: string;
beforeAll(async () => {
  tiny = await tinySweep();
  plugin = join(tiny.folder, 'gate.mjs');
  copyFileSync(beside('gate.mjs'), plugin);
  config = tiny.write('gated.json', {
    ...{ ...tinyFile, name: 'gated', plugins: ['./gate.mjs'] },
    methods: ['lora', 'gate', { label: 'wide', name: 'gate', gateStart: 0.5 }],
  });
});
afterAll(() => tiny.remove());

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('a sweep with a plugin', () => {
  test('runs through worker processes, and is reported under the method’s title', async () => {
    const swept = await tiny.run(config, 'gated', '--jobs', '2');
    expect(swept).toMatchObject({ code: 0 });
    expect(swept.stdout).toMatch(/^Gate /m);
    const { results, problems } = await readResults(tiny.out('gated'));
    expect(problems).toEqual([]);
    expect(results).toHaveLength(6);
    for (const { trial } of results) {
      expect(trial.settings.plugins).toEqual([sha256(plugin)]);
      const { plugins: _, ...without } = trial.settings;
      expect(trialId(settingsSchema.parse(without))).not.toBe(trial.id);
    }
    const gated = results.filter(({ trial }) => trial.settings.method.name === 'gate');
    expect(gated.map(({ trial }) => trial.parameters.adapter)).toEqual([16, 16, 16, 16]);
    expect(gated.map(({ trial }) => trial.matrices.length)).toEqual([1, 1, 1, 1]);
  });

  test('another file is another trial, and none of its graphs is the old one’s', async () => {
    const text = readFileSync(plugin, 'utf8');
    const before = (await readResults(tiny.out('gated'))).results;
    try {
      // Of the same name, settings and shapes: Δ = 3 diag(g) W.
      writeFileSync(plugin, text.replace('tf.mul(w.tensor(),', 'tf.mul(tf.mul(w.tensor(), 3),'));
      const again = await tiny.run(config, 'other', '--jobs', '1');
      expect(again).toMatchObject({ code: 0 });
      const { results } = await readResults(tiny.out('other'));
      const loss = (all: typeof results, label: string): number =>
        all.find(({ trial }) => trial.settings.method.label === label)!.trial.curves.loss[0]!;
      expect(results.map(({ trial }) => trial.id)).not.toContain(before[0]!.trial.id);
      expect(loss(results, 'lora')).toBe(loss(before, 'lora'));
      expect(loss(results, 'wide')).not.toBe(loss(before, 'wide'));
    } finally {
      writeFileSync(plugin, text);
    }
  });

  test('is seen by validate, list and methods', async () => {
    expect((await lomap(['validate', config])).stdout).toContain('6 trials (lora, gate, wide on mrpc');
    const list = await lomap(['list', '--config', config, '--out', tiny.out('gated')]);
    expect(list).toMatchObject({ code: 0, stderr: '' });
    expect((await lomap(['methods', 'gate', '--plugins', plugin])).stdout).toContain('gate: Gate');
    expect((await lomap(['methods', '--plugins', plugin])).stdout).toMatch(/^gate +Gate/m);
  });

  test('in TypeScript runs too', async () => {
    const typed = readFileSync(plugin, 'utf8').replace('(start) =>', '(start: number) =>');
    tiny.write('typed.ts', typed);
    const file = tiny.write('typed.json', { ...tinyFile, name: 'typed', plugins: ['typed.ts'], methods: ['gate'] });
    const swept = await tiny.run(file, 'typed', '--jobs', '1', '--seeds', '1,');
    expect(swept).toMatchObject({ code: 0 });
  });
});

describe('a plugin that is none is one clear error with its file', () => {
  const cases: readonly (readonly [string, string | null, string])[] = [
    ['is missing', null, 'there is no such file.'],
    ['throws', 'export default () => {\n  throw new Error("out of luck");\n};', 'line 2: out of luck'],
    ['throws as it is loaded', 'null.x;', "line 1: Cannot read properties of null (reading 'x')"],
    ['is no JavaScript', 'export default (', 'Unexpected end of input'],
    ['exports nothing', 'globalThis.x = 1;', 'it exports no function by default.'],
    ['registers nothing', 'export default () => {};', 'its function registers nothing.'],
    [
      'registers a name that is taken',
      readFileSync(beside('gate.mjs'), 'utf8').replaceAll("'gate'", "'lora'"),
      'The registry has a method "lora"; give your own another name.',
    ],
    ['imports another file', "import './other.mjs';\nexport default () => {};", 'it imports "./other.mjs".'],
    ['imports a package that is not there', "import 'no-such-package';", "Cannot find package 'no-such-package'"],
  ];
  test.each(cases)('%s', async (what, content, message) => {
    const name = `${what.replaceAll(' ', '-')}.mjs`;
    const path = content === null ? join(tiny.folder, name) : tiny.write(name, content);
    const file = tiny.write('bad.json', { ...tinyFile, name: 'bad', plugins: [name], methods: ['lora'] });
    const { code, stderr } = await lomap(['validate', file]);
    expect(code).toBe(2);
    expect(stderr).toContain(`lomap: ${file}: plugins[0] ${path}: `);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at |\.cache/m);
  });

  test('has a wrong form in TypeScript: its line', async () => {
    tiny.write('bad.ts', 'const x = 1;\nexport default ((');
    const file = tiny.write('bad.json', { ...tinyFile, name: 'bad', plugins: ['bad.ts'], methods: ['lora'] });
    const { code, stderr } = await lomap(['validate', file]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/bad\.ts: line 2: /);
  });

  test('that is no list of names is an error of the sweep file, and loads nothing', async () => {
    const file = tiny.write('bad.json', { ...tinyFile, name: 'bad', plugins: './gate.mjs', methods: ['lora'] });
    expect(await lomap(['validate', file])).toMatchObject({ code: 2, stderr: expect.stringContaining('plugins: ') });
  });

  test('another than the sweep’s: a worker runs none of it', async () => {
    const path = tiny.write('changed.mjs', 'globalThis.ran = true;\nexport default () => {};');
    const folders = { model: '', data: '', cache: '', work: '', threads: 1 };
    const opening = openWorker({ ...folders, plugins: [{ path, sha256: '0'.repeat(64) }] });
    await expect(opening).rejects.toThrow(`changed.mjs: its SHA-256 is ${sha256(path)}, not 0000`);
    expect(globalThis).not.toHaveProperty('ran');
  });

  test('gone when the workers start: the trials fail with its name', async () => {
    rmSync(join(tiny.folder, 'out', 'gone'), { recursive: true, force: true });
    const text = readFileSync(plugin, 'utf8');
    // It works in the runner and not in a worker.
    tiny.write('shy.mjs', text.replace('export default () =>', 'export default () => process.send ? null :'));
    const file = tiny.write('shy.json', { ...tinyFile, name: 'shy', plugins: ['shy.mjs'], methods: ['gate'] });
    const { code, stderr } = await tiny.run(file, 'gone', '--jobs', '1');
    expect(code).toBe(1);
    expect(stderr).toContain('shy.mjs: its function registers nothing.');
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
