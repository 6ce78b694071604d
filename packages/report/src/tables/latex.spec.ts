import { describe, expect, test } from '@jest/globals';
import { fakeResult } from '@lomap/results/testing';
import { compare } from '../comparison.ts';
import { fakeSweep } from '../testing/fake-sweep.ts';
import { comparisonTable } from '../analyses/main/table.ts';
import { escapeLatex } from './latex-text.ts';
import { latex } from './latex.ts';
import { left, right, score, type Section } from './table.ts';

const place = { sweep: 'my_sweep', name: 'main' };

function filesOf(
  sections: Section[],
  notes: string[] = [],
  caution: string | null = null,
): ReadonlyMap<string, string> {
  const table = { title: 'fake', sections, records: { columns: [], rows: [] }, notes };
  return latex(table, { ...place, caution });
}

function grid(columns: Section['columns'], rows: Section['rows'], more: Partial<Section> = {}): string {
  return filesOf([{ caption: 'Scores: mean ± standard deviation (seeds)', columns, rows, ...more }]).get('main')!;
}

describe('the LaTeX files', () => {
  const files = latex(comparisonTable(compare('fake', fakeSweep())!, 'fake'), place);

  test('hold one booktabs table each, with a label of its own; the notes are apart', () => {
    const names = ['main', 'main-differences', 'main-endpoint', 'main-rates', 'main-notes'];
    expect([...files.keys()]).toEqual(names);
    for (const name of names.slice(0, -1)) {
      const text = files.get(name)!;
      expect(text.match(/\\toprule/g)).toHaveLength(1);
      expect(text).toMatch(/\\caption\{my\\_sweep\. .*\}\n {2}\\label\{/);
      expect(text).toContain(`\\label{tab:my-sweep-${name}}`);
      expect(text).not.toContain('itemize');
    }
    expect(files.get('main-notes')).toContain('Notes to Table~\\ref{tab:my-sweep-main}');
    expect(files.get('main-notes')).toMatch(/\\item A score is the primary metric on dev \$\\times\$ 100/);
  });

  test('hold nothing that pdfLaTeX has no glyph for', () => {
    for (const text of files.values()) expect(text.replaceAll(/^%.*$/gm, '')).not.toMatch(/[^ -~\n]/);
  });

  test('every line of a grid has its columns', () => {
    const text = files.get('main-endpoint')!;
    const columns = /\\begin\{tabular\}\{@\{\}(l+r+)@\{\}\}/.exec(text)![1]!;
    const lines = text.match(/^.* & .*\\\\$/gm)!;
    expect(lines).toHaveLength(1 + 3);
    for (const line of lines) expect(line.split(' & ')).toHaveLength(columns.length);
  });
});

describe('a grid', () => {
  test('says a number of seeds that all cells share once, and else in the cells', () => {
    const columns = [left('Method'), right('CoLA')];
    const shared = grid(columns, [
      ['LoRA', '24.44 ± 2.50 (3)'],
      ['DoRA', '3.78 ± 12.00 (3)'],
      ['none', '–'],
    ]);
    expect(shared).toContain('mean $\\pm$ standard deviation; 3 seeds in every cell.}');
    expect(shared).toContain('LoRA & 24.44\\,{\\scriptsize $\\pm$\\,\\phantom{0}2.50} \\\\');
    expect(shared).toContain('DoRA & 3.78\\,{\\scriptsize $\\pm$\\,12.00} \\\\');
    const apart = grid(columns, [
      ['LoRA', '24.44 ± 2.50 (10)'],
      ['DoRA', '−3.78 ± 2.00 (3)'],
    ]);
    expect(apart).toContain('standard deviation (seeds).}');
    expect(apart).toContain('DoRA & $-$3.78\\,{\\scriptsize $\\pm$\\,2.00 (\\phantom{0}3)} \\\\');
  });

  test('has its best in bold, by column or by row, where higher is better', () => {
    const rows = [
      ['LoRA', '80.10 ± 1.00 (3)', '70.00 ± 0.10 (3)', '5'],
      ['DoRA', '80.10 (3)', '9.99 (3)', '7'],
    ];
    const columns = [left('Method'), score('CoLA', 'accuracy'), score('RTE', 'accuracy'), right('Parameters')];
    const bold = (text: string) => [...text.matchAll(/\\textbf\{([^}]*)\}/g)].map(([, number]) => number);
    expect(bold(grid(columns, rows))).toEqual(['80.10', '70.00', '80.10']);
    expect(grid(columns, rows)).toContain('Bold: the highest mean of a column, whatever the noise.');
    expect(bold(grid(columns, rows, { bestOf: 'row' }))).toEqual(['80.10', '80.10']);
    expect(bold(grid(columns, rows.slice(1)))).toEqual([]);
    expect(grid(columns, rows.slice(1))).not.toContain('Bold');
  });

  test('stands in a column if it fits, else over the page, else in parts with the first column again', () => {
    const wide = (count: number) => [left('Method'), ...Array.from({ length: count }, (_, i) => right(`Task ${i}`))];
    const row = (count: number) => ['LoRA', ...Array.from({ length: count }, () => '24.44 ± 2.50 (3)')];
    expect(grid(wide(2), [row(2)])).toContain('\\begin{table}\n');
    expect(grid(wide(5), [row(5)])).toContain('\\begin{table*}\n');
    const parts = grid(wide(20), [row(20)]);
    expect(parts.match(/\\begin\{tabular\}\{@\{\}lr+@\{\}\}/g)!.length).toBeGreaterThan(1);
    expect(parts.match(/Method &/g)).toHaveLength(parts.match(/\\toprule/g)!.length);
    expect(parts.match(/24\.44/g)).toHaveLength(20);
    expect(parts.match(/\\label/g)).toHaveLength(1);
  });

  test('never parts a column from the one that it is about', () => {
    const pairs = Array.from({ length: 8 }, (_, i) => [
      right(`A long title of cost ${i}`),
      { ...right('× LoRA'), ofPrevious: true },
    ]).flat();
    const text = grid([left('Method'), ...pairs], [['LoRA', ...pairs.map(() => '37.79 [34.52, 40.73]')]]);
    const heads = text.match(/^.*Method & .*$/gm)!;
    expect(heads.length).toBeGreaterThan(1);
    for (const head of heads) expect(head).toMatch(/^ +Method & (?!\$\\times)/);
  });

  test('goes on under the same number where it is longer than a page', () => {
    const rows = Array.from({ length: 95 }, (_, i) => [`row ${i}`, `${i}.00 (1)`]);
    const text = grid([left('Method'), right('Score')], rows);
    expect(text.match(/\\begin\{table\}/g)).toHaveLength(3);
    expect(text.match(/\\caption/g)).toHaveLength(1);
    expect(text.match(/Table~\\ref\{tab:my-sweep-main\}, continued\./g)).toHaveLength(2);
    expect(text.match(/row \d+ &/g)).toHaveLength(95);
  });

  test('carries what its marks mean and what the data cannot say', () => {
    const section = (title: string) => ({
      caption: 'c',
      columns: [left('Method'), right('CoLA')],
      rows: [[title, '1.00 (1)']],
    });
    const notes = ['† effectively frozen.', 'Another note.'];
    const [marked, plain] = filesOf([section('paper †'), section('paper')], notes, 'Synthetic data.').values();
    expect(marked).toContain('$\\dagger$ effectively frozen. Synthetic data.}');
    expect(plain).toContain('\\raggedright Synthetic data.}');
    expect(marked).not.toContain('Another note');
  });

  test('of one trial has neither bold nor spread', () => {
    const files = latex(comparisonTable(compare('fake', [fakeResult()])!, 'fake'), place);
    expect(files.get('main')).toMatch(/LoRA & \d+\.\d\d & 1,000 & 1,050 \\\\/);
  });
});

test.each([
  ['a_b & 5 % #1 ${x}', 'a\\_b \\& 5 \\% \\#1 \\$\\{x\\}'],
  ['\\input{x} ~ ^', '\\textbackslash{}input\\{x\\} \\textasciitilde{} \\textasciicircum{}'],
  ['−1 ± 2 < |x|', '$-$1 $\\pm$ 2 $<$ $|$x$|$'],
  ['‖ΔW‖ αβ₀ (IA)³ †', '$\\|$$\\Delta$W$\\|$ $\\alpha$$\\beta$$_0$ (IA)$^3$ $\\dagger$'],
  ['3e-4, beta-zero, a--b', '3e$-$4, beta-zero, a-{}-b'],
  ['Zoë’s 方', "Zoë's U+65B9"],
  ['a\nb\u0007c', 'a b c'],
  ['x'.repeat(25), Array<string>(25).fill('x').join('\\hspace{0pt}')],
])('%j as LaTeX', (text, tex) => {
  expect(escapeLatex(text)).toBe(tex);
});
