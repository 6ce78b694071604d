import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { TrialResult } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';
import { trialChart } from '../charts/trial.ts';
import { sweepReport } from '../sweep-report.ts';
import { fakeAblation, fakeSweep } from '../testing/fake-sweep.ts';
import { DARK } from './dark.ts';
import { page, type Page } from './page.ts';

function made(results: readonly TrialResult[], description?: string): Page {
  const report = sweepReport('fake-sweep', results);
  const drawings = new Map([...report.charts.keys()].map((name) => [name, `<svg><!-- ${name} --></svg>`]));
  return page({ sweep: 'fake-sweep', description, results, report, drawings, unreadable: 0 });
}

function pageOf(results: readonly TrialResult[], description?: string): string {
  return made(results, description).html;
}

/** Every part of the files beside a page, by its name, as the page gets them. */
function partsBeside({ beside }: Page): Map<string, string> {
  const parts = new Map<string, string>();
  for (const [name, text] of beside) {
    const [file, content] = JSON.parse(`[${/^lomapBeside\((.*)\);\n$/.exec(text)![1]!}]`) as [
      string,
      Record<string, string>,
    ];
    expect(`${file}.js`).toBe(name);
    for (const [part, html] of Object.entries(content)) parts.set(part, html);
  }
  return parts;
}

/** The page without what it brings along: style, scripts, licences. */
function body(text: string): string {
  return text
    .replaceAll(/<script(?: type="module")?>[\s\S]*?<\/script>/g, '')
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<footer>[\s\S]*?<\/footer>/, '');
}

describe('the page', () => {
  const whole = made(fakeSweep(), 'What the fakes do.');
  const text = whole.html;
  const parts = partsBeside(whole);

  test('is the same bytes whatever the order of the results', () => {
    const again = made([...fakeSweep()].reverse(), 'What the fakes do.');
    expect(again.html).toBe(text);
    expect([...again.beside]).toEqual([...made(fakeSweep(), 'What the fakes do.').beside]);
  });

  test('tells the sweep, the findings, every table and every trial', () => {
    for (const part of ['<h1>fake-sweep</h1>', 'What the fakes do.', 'head only, LoRA, DoRA and LoMAP', 'real: cola']) {
      expect(text).toContain(part);
    }
    expect(text).toContain('LoMAP <span class="quiet">against LoRA</span>');
    expect(text).toContain('n = 3 cannot show any difference of this table');
    expect([...parts.values()].filter((html) => html.startsWith('<details class="trial"'))).toHaveLength(60);
    expect(parts.get('list')!.match(/<tr data-row="trial-/g)).toHaveLength(4 * 4 * 3 + 4 * 3);
    expect(text.match(/<figure class="chart">/g)).toHaveLength(3);
    expect([...parts.values()].at(-1)).toContain('<caption>Settings in which the trials differ</caption>');
    expect(text).toContain('fake-processor');
    expect(text).not.toContain('ynthetic data');
  });

  test('begins with the chart, then says what came out, then gives the tables; trials and settings are folded', () => {
    const places = ['<figure class="chart">', '<p class="lead">', '<article', 'id="trials"', 'id="provenance"'];
    const order = places.map((place) => text.indexOf(place));
    expect(order.every((place) => place > 0)).toBe(true);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(text).toMatch(/<details id="trials"/);
    expect(text).not.toMatch(/<details[^>]* open/);
  });

  test('gives every row of its list the file that has the trial, and every chart its data', () => {
    for (const [, row, file] of parts.get('list')!.matchAll(/<tr data-row="([^"]+)" data-file="([^"]+)"/g)) {
      expect(whole.beside.get(`${file!}.js`)).toContain(JSON.stringify(row));
    }
    for (const [, file, part] of text.matchAll(/ data-beside="([^"]+)" data-part="([^"]+)"/g)) {
      expect(whole.beside.get(`${file!}.js`)).toContain(JSON.stringify(part));
      expect(parts.get(part!)).toMatch(/<table/);
    }
  });

  test('leads to the page of all sweeps where there is one', () => {
    expect(text).not.toContain('All sweeps');
    const report = sweepReport('fake-sweep', fakeSweep());
    const { html } = page({
      sweep: 'x',
      results: fakeSweep(),
      report,
      drawings: new Map(),
      unreadable: 0,
      frontPage: '../index.html',
    });
    expect(html).toContain('<a href="../index.html">All sweeps</a>');
  });

  test('has one h1, no heading level left out, unique ids, and a target for every link of its own', () => {
    const levels = [...body(text).matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [i, level] of levels.entries()) expect(level).toBeLessThanOrEqual((levels[i - 1] ?? 0) + 1);
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of text.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  });

  test('names every table and scopes every header', () => {
    const tables = [text, ...parts.values()].flatMap((html) => body(html).match(/<table[\s\S]*?<\/table>/g) ?? []);
    for (const table of tables)
      expect(table).toMatch(/^<table[^>]*>\s*<caption>(?:<span>)?[^<]+(?:<\/span>)?<\/caption>/);
    for (const html of [text, ...parts.values()]) expect(body(html)).not.toMatch(/<th(?![^>]* scope=)[ >]/);
  });

  test('loads nothing: its policy lets only its own scripts and style run', () => {
    const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(text)![1]!.replaceAll('&#39;', "'");
    expect(policy).toMatch(
      /^default-src 'none'; script-src ('sha256-[\w+/=]+' ){9}'strict-dynamic'; style-src 'sha256-/,
    );
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const inline = [
      ...text.matchAll(/<script(?: type="module")?>([\s\S]*?)<\/script>/g),
      ...text.matchAll(/<style>([\s\S]*?)<\/style>/g),
    ].map(([, content]) => createHash('sha256').update(content!).digest('base64'));
    expect(inline).toHaveLength(10);
    for (const hash of inline) expect(policy).toContain(`'sha256-${hash}'`);
    expect(body(text)).not.toMatch(/(?:src|href)="(?!#|data:|charts\/)/);
  });

  test('keeps the licences of what it holds', () => {
    for (const name of [
      'vega 6.',
      'vega-lite 6.',
      'vega-embed 7.',
      'vega-interpreter',
      'd3-array',
      'topojson-client',
    ]) {
      expect(text).toContain(name);
    }
    expect(text).toContain('Redistributions in binary form must reproduce the above copyright');
  });
});

test('whatever stands in results is text', () => {
  const image = '<img src=x onerror=alert(1)>';
  const script = '</script><script>alert(2)</script>';
  const results = ['lora', image, script].map((label) =>
    fakeResult({
      ...{ label, task: `${image}"'`, metric: script, sweep: image },
      model: { name: script, type: image, sha256: 'a'.repeat(64) },
      trial: { notes: [image, script] },
      provenance: { processor: image, os: script, versions: { [image]: script } },
    }),
  );
  const whole = made(results, `${image}${script}`);
  const text = body(whole.html);
  for (const html of [text, ...[...partsBeside(whole).values()].map(body)]) {
    expect(html).not.toMatch(/<img src=x/);
    expect(html).not.toContain('<script>alert');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
  }
  expect(text.match(/<script type="application\/json"[^>]*>/g)).toHaveLength(text.match(/<\/script>/g)!.length);
});

test('synthetic data is said at the head, in tables and under charts', () => {
  const results = fakeSweep().map((result) => {
    const settings = { ...result.trial.settings, data: { ...result.trial.settings.data, name: 'synthetic/v1' } };
    return { ...result, trial: { ...result.trial, settings } };
  });
  const text = pageOf(results);
  expect(text).toMatch(
    /<p class="banner" role="note">\s*<strong>Synthetic data: it says nothing about natural language/,
  );
  expect(text).toContain('<li>Synthetic data: it says nothing about natural language.</li>');
  expect(text).toContain('"subtitle":["Synthetic data: it says nothing about natural language. fake-encoder');
  expect(text).toContain('synthetic: synthetic/v1');
});

test('a sweep with search trials only, and one trial alone, make a page', () => {
  const searches = fakeSweep().filter(({ trial }) => trial.purpose === 'search');
  expect(pageOf(searches)).toContain('There is no main trial yet');
  expect(pageOf([fakeResult()])).toContain('Nothing is compared');
});

test('the dark theme knows every colour of every chart', () => {
  const charts = [
    ...sweepReport('x', fakeSweep()).charts.values(),
    ...sweepReport('x', fakeAblation()).charts.values(),
  ];
  const colours = JSON.stringify([...charts, trialChart()]).match(/#[0-9a-f]{6}\b/gi)!;
  expect(Object.keys(DARK)).toEqual(expect.arrayContaining([...new Set(colours)]));
});
