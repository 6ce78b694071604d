/**
 * The tables as a paper has them: typeset by pdfLaTeX in two columns. Needs Debian's texlive-latex-recommended; skipped
 * where it is missing.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, jest, test } from '@jest/globals';
import { latex, sweepReport } from '@lomap/report';
import { readResults } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';
import { needs, required } from '../needs/needs.ts';
import { hasPdflatex, typeset } from './pdflatex.ts';

jest.setTimeout(600_000); // every committed result is read

const folder = mkdtempSync(join(tmpdir(), 'lomap-latex-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const missing = hasPdflatex() ? null : 'no pdflatex with booktabs.sty; install texlive-latex-recommended';
const withLatex = needs(missing, required('latex'));

const committed = fileURLToPath(new URL('../../results', import.meta.url));
const CAUTION = 'Synthetic data: it says nothing about natural language.';

/** Every .tex file of a sweep by its path without extension. */
function tablesOf(sweep: string, results: Parameters<typeof sweepReport>[1]): [string, string][] {
  return [...sweepReport(sweep, results).tables].flatMap(([name, table]) =>
    [...latex(table, { sweep, name, caution: CAUTION })].map(
      ([file, text]) => [`${sweep}/${file}`, text] as [string, string],
    ),
  );
}

withLatex.describe('in a two-column article', () => {
  test('the tables of every committed sweep fit, and all their references are there', async () => {
    const sweeps = readdirSync(committed, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const files = new Map<string, string>();
    for (const { name } of sweeps) {
      const { results } = await readResults(join(committed, name));
      for (const [file, text] of tablesOf(name, results)) files.set(file, text);
    }
    expect(files.size).toBeGreaterThan(100);
    const { complaints, pages } = typeset(join(folder, 'committed'), files);
    expect(complaints).toEqual([]);
    expect(pages).toBeGreaterThan(100);
  });

  test('names that anybody may have written break nothing, and wide and long tables fit', () => {
    const labels = [
      ...[
        'lora',
        '{\\bf $x^2_3$} & 5 % ~ #1',
        '方法 🦜 Ünïcødé',
        '[a] <b> |c| "d" `e` --- *',
        '\\end{tabular}\\input{x}',
      ],
      ...['a-very-long-label-of-an-ablation-cell-'.repeat(5), 'W'.repeat(90), '(IA)³ ‖ΔW‖ αβ₀ ≤ × · − ± † ²'],
      ...Array.from({ length: 60 }, (_, i) => `cell-${i}`),
    ];
    const tasks = ['cola', 'sst2', 'mrpc', 'stsb', 'mnli', 'qnli', 'rte', 'wnli', 'my_own task & more', '任务'];
    const results = labels.flatMap((label, l) =>
      tasks.flatMap((task, t) =>
        [1, 2].map((seed) => fakeResult({ label, task, seed, score: 0.5 + 0.003 * ((7 * l + 3 * t + seed) % 97) })),
      ),
    );
    const files = new Map(tablesOf('hostile_sweep & co', results));
    const { complaints, pages } = typeset(join(folder, 'hostile'), files);
    expect(complaints).toEqual([]);
    expect(pages).toBeGreaterThan(4);
  });
});
