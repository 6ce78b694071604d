/** The notebooks run again, unchanged, from the first cell to the last; what is committed is executed and small. */
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { needs, required } from '../needs/needs.ts';

const folder = fileURLToPath(new URL('../../notebooks/', import.meta.url));
const names = readdirSync(folder).filter((file) => file.endsWith('.ipynb'));

interface Cell {
  readonly cell_type: string;
  readonly execution_count?: number | null;
  readonly source: readonly string[];
  readonly outputs?: readonly { readonly output_type: string; readonly data?: Readonly<Record<string, unknown>> }[];
}

const cellsOf = (name: string): Cell[] =>
  (JSON.parse(readFileSync(join(folder, name), 'utf8')) as { cells: Cell[] }).cells;

function run(...options: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'run.mjs'), ...options], {
    encoding: 'utf8',
  });
  return { status, output: `${stdout}${stderr}`.trim() };
}

test('there are four, and the folder’s page names each', () => {
  const page = readFileSync(join(folder, 'README.md'), 'utf8');
  expect(names).toHaveLength(4);
  for (const name of names) expect(page).toContain(`(${name})`);
});

describe.each(names)('%s as committed', (name) => {
  const code = cellsOf(name).filter(({ cell_type }) => cell_type === 'code');

  test('was executed from top to bottom without an error', () => {
    expect(code.map(({ execution_count }) => execution_count)).toEqual(code.map((_, i) => i + 1));
    const kinds = code.flatMap(({ outputs = [] }) => outputs.map(({ output_type }) => output_type));
    expect(kinds).not.toContain('error');
    expect(kinds.length).toBeGreaterThan(0);
  });

  test('has pictures that need no script, and is under 300 kB', () => {
    const pictures = code.flatMap(({ outputs = [] }) => outputs.filter(({ data }) => data && 'image/png' in data));
    expect(pictures.length).toBeGreaterThan(0);
    expect(statSync(join(folder, name)).size).toBeLessThan(300_000);
  });

  test('imports packages by their names', () => {
    const imports = code.flatMap(({ source }) =>
      [...source.join('').matchAll(/from '([^']+)'/g)].map(([, from]) => from!),
    );
    expect(imports.filter((from) => !/^@lomap\/[a-z]+$/.test(from) && from !== './show.mjs')).toEqual([]);
  });

  test('links only to what there is', () => {
    const prose = cellsOf(name).filter(({ cell_type }) => cell_type === 'markdown');
    for (const [, link] of prose.flatMap(({ source }) => [...source.join('').matchAll(/\]\(([^)\s]+)\)/g)])) {
      if (!link!.startsWith('https:')) expect(statSync(join(folder, link!)).size).toBeGreaterThan(0);
    }
  });
});

describe('run.mjs', () => {
  test('a notebook that there is not, and an option that it has not, are wrong usage', () => {
    expect(run('reading-tea-leaves')).toMatchObject({ status: 2 });
    expect(run('reading-tea-leaves').output).toMatch(/no notebook reading-tea-leaves\. There are map-in-pictures/);
    expect(run('--wirte')).toMatchObject({ status: 2 });
  });
});

const tools = run('--tools');
const withTools = needs(tools.status === 0 ? null : tools.output, required('notebooks'));

for (const name of names) {
  withTools.test(
    `${name} runs again`,
    () => {
      const { status, output } = run(name);
      expect([output, status]).toEqual([expect.stringMatching(/ran in \d+ s/), 0]);
    },
    1_200_000,
  );
}
