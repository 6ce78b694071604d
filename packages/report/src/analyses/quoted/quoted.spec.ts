import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { readQuoted, type TrialResult } from '@lomap/results';
import { fakeSweep } from '../../testing/fake-sweep.ts';
import { sweepReport } from '../../sweep-report.ts';
import { markdown } from '../../tables/markdown.ts';

const folder = fileURLToPath(new URL('../../../../../results/quoted', import.meta.url));

/** The made-up sweep as if it were of this model. */
function ofModel(name: string): TrialResult[] {
  return fakeSweep().map((result) => {
    const { trial } = result;
    return {
      ...result,
      trial: { ...trial, settings: { ...trial.settings, model: { ...trial.settings.model, name } } },
    };
  });
}
const tablesOf = async (model: string) =>
  sweepReport('fake', ofModel(model), undefined, [...(await readQuoted(folder)).values()]).tables;

test('published rows of the same model stand below ours, marked, with what the re-run says of the gain', async () => {
  const tables = await tablesOf('microsoft/DeBERTa-v3-base');
  expect([...tables.keys()].filter((name) => name.startsWith('quoted'))).toEqual(['quoted', 'quoted-2']);
  // The halves of dev come first in the folder's order; the dev sets second.
  const text = markdown(tables.get('quoted-2')!);
  expect(text).toContain(
    'Quoted: LoMAP over LoRA at r = 2, mean over CoLA, MRPC, RTE, STS-B: +1.56 by MAP, arXiv 2505.23094, +0.39 by an independent re-run of MAP.',
  );
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  expect(rows.filter((line) => line.includes('| here'))).toHaveLength(4);
  expect(rows.filter((line) => line.includes('| quoted'))).toHaveLength(24);
  expect(rows.find((line) => line.includes('LoMAP (r = 2)'))).toMatch(
    /\| quoted +\| +70\.38 \| +89\.16 \| +91\.67 \| +92\.14 \| +85\.84 \|/,
  );
  expect(text).toContain('Average, first-metric: ');
  expect(text).toContain('Left out: X_suppl.tex');
});

test('a sweep of another model has none, nor has one without published tables', async () => {
  expect((await tablesOf('all-MiniLM-L6-v2')).has('quoted')).toBe(false);
  expect(sweepReport('fake', ofModel('deberta-v3-base')).tables.has('quoted')).toBe(false);
});
