/** The command as users run it: the built bin in a process of its own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { lomapBin } from './workspace.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-cli-'));

writeFileSync(
  join(folder, 'no-model.json'),
  JSON.stringify({ name: 'x', tasks: ['rte'], methods: ['lora'], seeds: [1] }),
);

function lomap(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [lomapBin, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

test.each([
  [['sweep', '--tassk', 'rte'], 'Unknown argument: tassk. Did you mean "tasks"?'],
  [['swep'], 'There is no command "swep". Did you mean "sweep"?'],
  [[], 'Which command?'],
  [['sweep', '--tasks', 'rtee'], 'Did you mean "rte"?'],
  [['sweep', '--methods', 'lorra'], 'Did you mean "lora"?'],
  [['sweep', '--config', 'no-model.json'], '--model is missing'],
  [['sweep', '--model', 'nowhere', '--data', '.'], `--model ${folder}/nowhere: there is no such folder`],
  [['sweep', '--config', 'none.json'], `There is no sweep file ${folder}/none.json`],
  [['sweep', '--max-steps', '0'], '--max-steps 0: expected a whole number'],
  [['pretrain', '--device', 'webgpuu'], 'there is no device "webgpuu". Did you mean "webgpu"?'],
  [['power', '--difference', '.39'], '--deviation or --from: expected one of the two'],
  [['power', '--diference', '.39'], 'Did you mean "difference"?'],
  [['show', 'zz'], 'begins with "zz"'],
  [['pack'], 'Not enough non-option arguments: got 0, need at least 1'],
  [['pack', 'nowhere', '--results', '.'], `${folder}/nowhere: there is no such sweep`],
  [['unpack', '..', '--results', '.'], 'expected the name of a sweep'],
])('lomap %j is wrong usage: exit code 2, one message, no stack', (args, message) => {
  const { code, out, err } = lomap(...args);
  expect(err).toContain(message);
  expect(err).not.toMatch(/^\s+at /m);
  expect([code, out]).toEqual([2, '']);
});

test('validate prints all errors of a file at once', () => {
  const file = { name: 'x', tasks: ['rte', 'colla'], methods: ['lora'], seeds: [1], sed: 1 };
  writeFileSync(join(folder, 'bad.json'), JSON.stringify({ ...file, search: {} }));
  const { code, err } = lomap('validate', '--config', 'bad.json');
  expect(code).toBe(2);
  expect(err).toContain('bad.json has 5 errors');
  expect(lomap('validate')).toMatchObject({ code: 0, err: '' });
});

test('validate reads every file that is named', () => {
  writeFileSync(
    join(folder, 'broken.json'),
    JSON.stringify({ name: 'x', tasks: ['rtee'], methods: ['lora'], seeds: [1] }),
  );
  for (const files of [
    ['broken.json', 'no-model.json'],
    ['no-model.json', 'broken.json'],
  ]) {
    const { code, out, err } = lomap('validate', ...files);
    expect([code, `${out}${err}`]).toEqual([2, expect.stringContaining('Did you mean "rte"?')]);
    expect(`${out}${err}`).toContain('no-model.json');
  }
});

test('validate says what a valid file’s settings do not do', () => {
  const control = { label: 'control', name: 'lomap', map: { baseScope: 'none', deltaScope: 'none', detachNorm: true } };
  const file = { name: 'x', model: 'm', data: 'd', tasks: ['rte', 'cola'], methods: ['lora', control], seeds: [1] };
  writeFileSync(join(folder, 'void.json'), JSON.stringify(file));
  const { code, out } = lomap('validate', '--config', 'void.json');
  expect(out.split('\n').slice(1)).toEqual([expect.stringMatching(/^Note: control: detachNorm has no effect/), '']);
  expect(code).toBe(0);
});

test('--version is lomap’s, with its commit, of every command', () => {
  for (const args of [['--version'], ['sweep', '--version']]) {
    const { code, out } = lomap(...args);
    expect(out).toMatch(/^lomap \d+\.\d+\.\d+(, commit [0-9a-f]{40}(, with uncommitted changes)?)?\n$/);
    expect(code).toBe(0);
  }
});

test('an empty model folder is a failure: exit code 1 and one message', () => {
  const { code, err } = lomap('sweep', '--model', '.', '--data', '.');
  expect(code).toBe(1);
  expect(err).toContain('config.json');
  expect(err).not.toMatch(/^\s+at /m);
});
