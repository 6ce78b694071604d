/** Every flag of every command, as the commands' own help lists them: none may take an empty value, or come twice. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { exitCodes } from '../errors.ts';
import { run } from '../cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-arguments-'));
const file = join(folder, 'a-file');
writeFileSync(file, '{}');

/** String flags whose value is no path. */
const notPaths = [
  'executor',
  'plugins',
  'tasks',
  'methods',
  'seeds',
  'device',
  'gpus',
  'sweep',
  'learning-rate',
  'rank',
];

/** A word for each place of a command that needs one. */
const positionals = new Map<string, string[]>();
let said: string[] = [];

beforeEach(() => {
  said = [];
  for (const stream of ['log', 'error'] as const)
    jest.spyOn(console, stream).mockImplementation((...words: unknown[]) => void said.push(words.join(' ')));
});
afterEach(() => void jest.restoreAllMocks());

async function helpOf(...command: string[]): Promise<string> {
  said = [];
  expect(await run([...command, '--help'])).toBe(exitCodes.ok);
  return said.join('\n');
}

async function told(...args: string[]): Promise<{ code: number; text: string }> {
  said = [];
  const code = await run(args);
  return { code, text: said.join('\n') };
}

interface Flag {
  readonly command: string;
  readonly flag: string;
  readonly type: string;
  readonly describe: string;
}

/** The flags of a command's help, without `--help`. A description goes on over several lines. */
function flagsIn(command: string, help: string): Flag[] {
  const options = help.replace(/^[\s\S]*?Options:\n/, '').split(/\n(?= +--)/);
  return options.flatMap((entry) => {
    const text = entry.replaceAll(/\s+/g, ' ');
    const [, flag, describe = ''] = /^ ?--([a-z-]+) (.*)$/.exec(text) ?? [];
    const type = /\[(string|number|boolean|choices)/.exec(text)?.[1] ?? '';
    return flag === undefined || flag === 'help' ? [] : [{ command, flag, type, describe }];
  });
}

async function everyFlag(): Promise<Flag[]> {
  const listed = [...(await helpOf()).matchAll(/^ +lomap ([a-z]+)((?: <[a-z]+(?:\.\.)?>)*)/gm)];
  const commands = listed.map(([, name]) => name!);
  for (const [, name, places] of listed)
    positionals.set(
      name!,
      [...places!.matchAll(/<([a-z]+)(?:\.\.)?>/g)].map(() => 'x'),
    );
  expect(commands).toEqual(expect.arrayContaining(['sweep', 'validate', 'report', 'power', 'export', 'inspect']));
  const flags: Flag[] = [];
  for (const command of commands) flags.push(...flagsIn(command, await helpOf(command)));
  return flags;
}

describe('every flag of every command', () => {
  test('refuses an empty value, a blank one, and to be there twice, and is named', async () => {
    for (const { command, flag } of await everyFlag()) {
      for (const empty of [[`--${flag}`, ''], [`--${flag}`, ' \t'], [`--${flag}=`]]) {
        const { code, text } = await told(command, ...empty);
        expect({ command, flag, code, text }).toMatchObject({
          code: exitCodes.usage,
          text: expect.stringContaining(`--${flag}: the value is empty`),
        });
        expect(text).toContain('shell variable');
      }
      const twice = await told(command, `--${flag}`, 'a', `--${flag}`, 'b');
      expect({ command, flag, ...twice }).toMatchObject({
        code: exitCodes.usage,
        text: expect.stringContaining(`--${flag} is there twice`),
      });
    }
  });

  test('that takes a text names a folder or a file, unless it is known as something else', async () => {
    for (const { command, flag, type, describe: words } of await everyFlag()) {
      if (type !== 'string' || notPaths.includes(flag)) continue;
      expect({ command, flag, words }).toMatchObject({ words: expect.stringMatching(/folder|file/) });
    }
  });

  test('that names a folder refuses a file, and the other way round', async () => {
    const paths = (await everyFlag()).filter(({ type, flag }) => type === 'string' && !notPaths.includes(flag));
    expect(paths.length).toBeGreaterThan(10);
    for (const { command, flag, describe: words } of paths) {
      const wantsFolder = words.includes('folder');
      const wrong = wantsFolder ? [file, join(file, 'below')] : [folder];
      for (const path of wrong) {
        const { code, text } = await told(command, ...positionals.get(command)!, `--${flag}`, path);
        expect({ command, flag, code, text }).toMatchObject({
          code: exitCodes.usage,
          text: expect.stringMatching(
            new RegExp(`--${flag} ${path}: .*${wantsFolder ? 'a file, not a folder' : 'a folder, not a file'}`),
          ),
        });
      }
    }
  });
});

test.each([
  [['show', ''], 'argument 1 of'],
  [['inspect', ' '], 'argument 1 of'],
  [['inspect', file], `${file}: this is a file, not a folder`],
  [['sweep', '--maxSteps', '3', '--max-steps=4'], '--max-steps is there twice'],
  [['sweep', '--seeds', '1,,2'], '--seeds "1,,2": item 2 of the list is empty'],
  [['sweep', '--tasks', 'rte,'], '--tasks "rte,": item 2 of the list is empty'],
  [['validate', '--methods', ',lora'], '--methods ",lora": item 1 of the list is empty'],
  [['doctor', '--device', 'cpu,,webgpu'], '--device "cpu,,webgpu": item 2 of the list is empty'],
  [['doctor', '--device', 'cpu,cpu'], 'cpu is there twice'],
])('%j is wrong usage', async (args, message) => {
  expect(await told(...args)).toEqual({ code: exitCodes.usage, text: expect.stringContaining(message) });
});

test.each(['model', 'data'])('an empty %s in a sweep file is an error', async (key) => {
  const path = join(folder, `${key}.json`);
  writeFileSync(path, JSON.stringify({ name: 'x', tasks: ['rte'], methods: ['lora'], seeds: [1], [key]: ' ' }));
  const { code, text } = await told('validate', '--config', path);
  expect(text).toContain(`${key}: expected a folder or a name, and it is empty`);
  expect(code).toBe(exitCodes.usage);
});
