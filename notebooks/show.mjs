/** What the notebooks show: charts as pictures that GitHub displays, and tables. */
import { setTimeout as wait } from 'node:timers/promises';
import { markdown as toMarkdown, renderChart } from '@lomap/report';
import { smallPng } from './small-png.mjs';

/**
 * Deno's kernel may say that a cell has ended before its last output is on its way, and Jupyter then drops that output:
 * a cell waits a little after each.
 */
async function display(forms) {
  await globalThis.Deno.jupyter.display(forms, { raw: true });
  await wait(150);
}

/**
 * A Vega-Lite chart as a PNG: GitHub runs no script, so a specification alone would stay blank there.
 *
 * @param {object} spec what differs from the defaults below
 * @param {string} alternative what the picture shows, for readers who do not see it
 */
export async function chart(spec, alternative) {
  const defaults = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: {
      font: 'DejaVu Sans',
      background: '#ffffff',
      padding: 12,
      title: { anchor: 'start', fontSize: 13 },
      axis: { titleFontWeight: 'normal', labelFlush: false },
      mark: { color: '#0072B2' },
      legend: { labelLimit: 300, titleFontWeight: 'normal' },
      range: { category: ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000'] },
    },
  };
  const { png } = await renderChart({ ...defaults, ...spec });
  await display({ 'image/png': smallPng(png).toString('base64'), 'text/plain': alternative });
}

/**
 * A table.
 *
 * @param {readonly Record<string, string | number>[]} rows its columns are the keys of the first; – where a row lacks one
 */
export async function table(rows) {
  const columns = Object.keys(rows[0]);
  const cell = (value) => String(value ?? '–').replaceAll('|', '\\|');
  const lines = [columns, columns.map((name) => (typeof rows[0][name] === 'number' ? '--:' : '---'))].concat(
    rows.map((row) => columns.map((name) => row[name])),
  );
  await markdown(lines.map((line) => `| ${line.map(cell).join(' | ')} |`).join('\n'));
}

/**
 * One grid of a report's table.
 *
 * @param {import('@lomap/report').Table} whole the table
 * @param {string} beginning what the grid's caption begins with
 */
export async function section(whole, beginning) {
  const sections = whole.sections.filter(({ caption }) => caption.startsWith(beginning));
  if (sections.length === 0) throw new Error(`The table has no section "${beginning}".`);
  await markdown(
    toMarkdown({ ...whole, sections, findings: [], verdicts: undefined, notes: [] }).replace(/^#.*\s+/, ''),
  );
}

/** A line of text. Unlike console.log it waits until the notebook has it. */
export async function print(...parts) {
  await display({ 'text/plain': parts.join(' ') });
}

/** Text with Markdown's marks. */
export async function markdown(text) {
  await display({ 'text/markdown': text, 'text/plain': text });
}
