/** pdfLaTeX, and what its log says of a document. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Whether there is a pdfLaTeX with booktabs. */
export function hasPdflatex(): boolean {
  const found = spawnSync('kpsewhich', ['booktabs.sty'], { encoding: 'utf8' });
  return found.status === 0 && spawnSync('pdflatex', ['--version']).status === 0;
}

export interface Typeset {
  /** Errors, boxes that are too full, references to nothing, glyphs that are missing, floats that fit no page. */
  readonly complaints: readonly string[];
  readonly pages: number;
}

/** The files read by \input into LaTeX's own article in two columns, a page for each, typeset twice for the references. */
export function typeset(folder: string, files: ReadonlyMap<string, string>): Typeset {
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, `${name}.tex`), text);
  }
  const document = [
    '\\documentclass[twocolumn]{article}',
    '\\usepackage{booktabs}',
    '\\begin{document}',
    ...[...files.keys()].map((name) => `\\input{${name}}\\clearpage`),
    '\\end{document}',
  ];
  writeFileSync(join(folder, 'tables.tex'), document.join('\n'));
  for (let run = 0; run < 2; run++) spawnSync('pdflatex', ['-interaction=nonstopmode', 'tables.tex'], { cwd: folder });
  const log = readFileSync(join(folder, 'tables.log'), 'latin1');
  const complaint = /^(?:!|Overfull|LaTeX Warning|Missing character|Package .* Warning|.*[Uu]ndefined).*/gm;
  return {
    complaints: log.match(complaint) ?? [],
    pages: Number(/Output written on tables\.pdf \((\d+) pages?/.exec(log)?.[1] ?? 0),
  };
}
