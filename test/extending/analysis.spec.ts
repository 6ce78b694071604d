/** An analysis that no package knows: registered, it is in every form of a report, and others are as they were. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { registerAnalysis, report, ReportError, sweepReport, type Analysis, type ReportFiles } from '@lomap/report';
import { trialFolderName, writeResult } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';

/** How far a method's best and worst seed lie apart. */
const luck: Analysis = {
  name: 'luck',
  of({ sweep, scores }) {
    if (scores === null) return null;
    const rows = scores.rows.map(({ title, average: { bySeed } }) => {
      const points = [...bySeed.values()];
      return { method: title, range: Math.max(...points) - Math.min(...points) };
    });
    const widest = rows.reduce((a, b) => (b.range > a.range ? b : a));
    return {
      tables: {
        luck: {
          title: `${sweep}: what a lucky seed is worth`,
          sections: [
            {
              caption: 'Best seed minus worst seed in points',
              columns: [
                { title: 'Method', align: 'left' },
                { title: 'Range', align: 'right' },
              ],
              rows: rows.map(({ method, range }) => [method, range.toFixed(2)]),
            },
          ],
          records: { columns: ['method', 'range'], rows: rows.map(({ method, range }) => [method, range]) },
          notes: ['A range grows with the number of seeds.'],
        },
      },
      charts: {
        'luck-by-method': (layout) => ({
          title: `${sweep}: ranges of the seeds`,
          width: layout.abreast === 1 ? 200 : 400,
          data: { values: rows },
          mark: 'bar',
          encoding: { y: { field: 'method', type: 'nominal' }, x: { field: 'range', type: 'quantitative' } },
        }),
      },
      findings: {
        headline: `The seeds of ${widest.method} lie farthest apart, ${widest.range.toFixed(2)} points.`,
        ...{ cautions: [], rows: [], remarks: [], byTask: [] },
      },
    };
  },
};

const folder = mkdtempSync(join(tmpdir(), 'lomap-analysis-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const results = [0.7, 0.71, 0.72].flatMap((score, i) => [
  fakeResult({ task: 'rte', seed: i + 1, score }),
  fakeResult({ task: 'rte', label: 'lomap', seed: i + 1, score: 0.6 + 4 * (score - 0.7) }),
]);
let before: ReportFiles;
let after: ReportFiles;
beforeAll(async () => {
  const resultsDirectory = join(folder, 'results', 'lucky');
  for (const result of results) {
    await writeResult(join(resultsDirectory, trialFolderName(result.trial.settings, result.trial.id)), result);
  }
  before = await report({ resultsDirectory, outputDirectory: join(folder, 'before') });
  registerAnalysis(luck);
  after = await report({ resultsDirectory, outputDirectory: join(folder, 'after') });
});

const read = (name: string): string => readFileSync(join(folder, 'after', name), 'utf8');

test('is in Markdown with its finding, in CSV and in LaTeX', () => {
  expect(read('tables/luck.md')).toContain('- The seeds of LoMAP lie farthest apart, 8.00 points.');
  expect(read('tables/luck.md').replaceAll(/ +/g, ' ')).toContain('| LoMAP | 8.00 |');
  expect(read('tables/luck.csv')).toBe('method,range\nLoRA,2\nLoMAP,8\n');
  expect(read('tables/luck.tex')).toContain('Best seed minus worst seed in points');
  expect(read('tables/luck-notes.tex')).toContain('A range grows with the number of seeds.');
});

test('has its chart drawn, and on the page beside its table and its finding', () => {
  expect(read('charts/luck-by-method.svg')).toContain('ranges of the seeds');
  expect(JSON.parse(read('charts/luck-by-method.vl.json'))).toMatchObject({ mark: 'bar' });
  expect(
    readFileSync(join(folder, 'after', 'charts/luck-by-method.png'))
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
  const [, section] = /<section id="topic-luck"([\s\S]*?)<\/section>/.exec(read('report.html'))!;
  for (const part of ['What a lucky seed is worth', 'luck-by-method.png', 'farthest apart', 'every number as CSV']) {
    expect(section).toContain(part);
  }
});

test('changes no other table and no other chart', () => {
  const others = before.files.filter((file) => /\/(?:tables|charts)\//.test(file));
  expect(others.length).toBeGreaterThan(10);
  for (const file of others) {
    const again = file.replace(join(folder, 'before'), join(folder, 'after'));
    expect(readFileSync(again).equals(readFileSync(file))).toBe(true);
  }
  expect(after.files).toHaveLength(before.files.length + 7);
  expect(sweepReport('lucky', results).findings?.headline).not.toContain('farthest apart');
});

test('has nothing where there is nothing to ask', () => {
  const searched = results.map((result) => ({ ...result, trial: { ...result.trial, purpose: 'search' as const } }));
  expect([...sweepReport('lucky', searched).tables.keys()]).not.toContain('luck');
});

test('takes no other’s name, nor a table’s, nor one that is no file’s', () => {
  registerAnalysis(luck); // the same once more
  expect(() => registerAnalysis({ ...luck })).toThrow(
    new RangeError('There is an analysis "luck" already; give yours another name.'),
  );
  const named = (name: string): Analysis => ({
    name: `named ${name}`,
    of: ({ results: some }) =>
      some[0]?.trial.settings.task !== name
        ? null
        : {
            tables: { [name]: { title: '', sections: [], records: { columns: [], rows: [] }, notes: [] } },
            charts: {},
          },
  });
  for (const name of ['main', '../main']) registerAnalysis(named(name));
  const ofTask = (task: string) => () => sweepReport('lucky', [fakeResult({ task })]);
  expect(ofTask('main')).toThrow(ReportError);
  expect(ofTask('main')).toThrow(
    'The analysis "named main" has tables named "main", and so has "main". Give one of the two another name.',
  );
  expect(ofTask('../main')).toThrow('has tables named "../main": expected letters, digits and . + - _');
});
