/** The lines of results/README.md that read packed results with pandas, jq and DuckDB, run on a packed sweep. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { packSweep, readResults, type TrialResult } from '@lomap/results';
import { needs, required, type Declared } from '../needs/needs.ts';

const results = fileURLToPath(new URL('../../results/', import.meta.url));
const readme = readFileSync(join(results, 'README.md'), 'utf8');
const SWEEP = 'glue-minilm';
/** The README's lines in one language that read a sweep. */
const linesOf = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n(.*)\\n\`\`\``, 'g'))]
    .map(([, line]) => line!)
    .filter((line) => line.includes(`results/${SWEEP}/`));
const [scores, curves, pearson] = linesOf('python');
const [[jq], [sql]] = [linesOf('sh'), linesOf('sql')];

const python = process.env['PYTHON'] ?? 'python3';
const tools = {
  pandas: () => spawnSync(python, ['-c', 'import pandas']).status === 0,
  duckdb: () => spawnSync(python, ['-c', 'import duckdb']).status === 0,
  jq: () => spawnSync('jq', ['--version']).status === 0,
};

/** A test that needs a tool, which `.ci/run` sets up. */
function testWith(tool: keyof typeof tools): Declared['test'] {
  const missing = tools[tool]() ? null : `no ${tool}${tool === 'jq' ? '' : ` in ${python}; PYTHON may name another`}`;
  return needs(missing, required('readers')).test;
}

const folder = mkdtempSync(join(tmpdir(), 'lomap-readers-'));
let trials: TrialResult['trial'][];
beforeAll(async () => {
  const sweep = join(folder, 'results', SWEEP);
  cpSync(join(results, SWEEP), sweep, { recursive: true });
  await packSweep(sweep);
  trials = (await readResults(sweep)).results.map(({ trial }) => trial);
  expect(existsSync(join(sweep, 'predictions.csv.gz'))).toBe(true);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a program prints, run where the README's paths are right. */
function printed(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${program} ended with ${status}:\n${stderr.slice(-2000)}`);
  return stdout;
}

const inPandas = (expression: string): unknown =>
  JSON.parse(printed(python, ['-c', `import pandas\nprint((${expression}))`]));

/** The mean score of each task and label, to twelve digits. */
function means(): [string, string, string][] {
  const main = trials.filter(({ purpose }) => purpose === 'main');
  const cells = [...new Set(main.map(({ settings }) => `${settings.task} ${settings.method.label}`))].sort();
  return cells.map((cell) => {
    const own = main.filter(({ settings }) => `${settings.task} ${settings.method.label}` === cell);
    const mean = own.reduce((sum, { primary }) => sum + primary.value!, 0) / own.length;
    return [...(cell.split(' ') as [string, string]), mean.toPrecision(12)];
  });
}

const rounded = (rows: unknown): [string, string, string][] =>
  (rows as [string, string, number][]).map(([task, label, score]) => [task, label, score.toPrecision(12)]);

testWith('pandas')('pandas: the mean score of each row on each task', () => {
  const rows = inPandas(
    `(${scores!}).reset_index().sort_values(["task", "label"]).to_json(orient="values", double_precision=15)`,
  );
  expect(rounded(rows)).toEqual(means());
});

testWith('duckdb')('DuckDB: the same', () => {
  const program = `import duckdb, json\nprint(json.dumps(duckdb.sql(${JSON.stringify(sql)}).fetchall()))`;
  expect(rounded(JSON.parse(printed(python, ['-c', program])))).toEqual(means());
});

testWith('jq')('jq: a line a trial', () => {
  const lines = printed('bash', ['-c', jq!]).trimEnd().split('\n');
  const expected = trials.filter(({ purpose }) => purpose === 'main');
  expect(lines.map((line) => line.split('\t').slice(0, 3))).toEqual(
    expected.map(({ settings }) => [settings.task, settings.method.label, String(settings.seed)]),
  );
  expect(lines.map((line) => line.split('\t').slice(3).map(Number))).toEqual(
    expected.map(({ settings, primary }) => [settings.training.learningRate, primary.value]),
  );
});

testWith('pandas')('pandas: the curves of every trial', () => {
  const losses = inPandas(`(${curves!}).map(lambda curves: curves["loss"][-1]).to_json(double_precision=15)`);
  expect(losses).toEqual(Object.fromEntries(trials.map(({ id, curves: { loss } }) => [id, loss.at(-1)])));
});

testWith('pandas')('pandas: the correlation of every trial’s predictions with the labels is its score', () => {
  const found = inPandas(`(${pearson!}).to_json(double_precision=15)`) as Record<string, number>;
  const scored = trials.filter(({ settings, dev }) => settings.task === 'stsb' && dev['dev'] !== undefined);
  expect(scored.length).toBeGreaterThan(0);
  // The score is of float32 values, which the table's digits identify but are not.
  for (const { id, dev } of scored) expect(found[id.slice(0, 8)]).toBeCloseTo(dev['dev']!['pearson']!, 7);
});
