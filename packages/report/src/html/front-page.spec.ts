import { describe, expect, test } from '@jest/globals';
import type { TrialResult } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';
import { sweepReport } from '../sweep-report.ts';
import { fakeSweep } from '../testing/fake-sweep.ts';
import { cardOf, frontPage } from './front-page.ts';

function card(sweep: string, results: readonly TrialResult[], description?: string) {
  const report = sweepReport(sweep, results);
  const drawings = new Map([['scores', '<svg class="marks" width="786" height="519" viewBox="0 0 1 1">']]);
  return cardOf(sweep, sweep, { description, results, report, drawings });
}

const synthetic = fakeSweep().map((result) => {
  const settings = { ...result.trial.settings, data: { ...result.trial.settings.data, name: 'synthetic/v1' } };
  return { ...result, trial: { ...result.trial, settings } };
});

/** The list item of a sweep. */
function itemOf(html: string, sweep: string): string {
  return html.match(/<li class="card">[\s\S]*?<\/li>/g)!.find((item) => item.includes(`>${sweep}</a>`))!;
}

describe('the front page', () => {
  const html = frontPage([card('real-one', fakeSweep(), 'What it asks.'), card('made-up', synthetic)]);

  test('has a card a sweep: what it asks, how many trials, its chart, what came out, the way to its page', () => {
    const item = itemOf(html, 'real-one');
    expect(item).toContain('<a href="real-one/report.html">real-one</a>');
    expect(item).toContain('What it asks.');
    expect(item).toContain('60 trials');
    expect(item).toMatch(/<img src="real-one\/charts\/scores\.png" width="786" height="519"/);
    expect(item).toMatch(/<p class="verdict">No difference from LoRA is shown to exceed seed noise/);
    expect(item).not.toContain('synthetic');
  });

  test('marks synthetic data by sweep, and says once what that means', () => {
    expect(itemOf(html, 'made-up')).toContain('<p class="badge">synthetic</p>');
    expect(html.indexOf('real-one/report')).toBeLessThan(html.indexOf('made-up/report'));
    expect(html.match(/say nothing about natural language/g)).toHaveLength(1);
  });

  test('names and descriptions are text, folders parts of an address', () => {
    const image = '<img src=x onerror=alert(1)>';
    const hostile = frontPage([card(image, [fakeResult({ task: image, label: image })], image)]);
    expect(hostile).not.toMatch(/<img src=x/);
    expect(hostile).toContain(`href="${encodeURIComponent(image)}/report.html"`);
  });

  test('runs only its own script, and loads nothing but pictures beside it', () => {
    expect(html).toMatch(/default-src &#39;none&#39;; script-src &#39;sha256-[^ ]+; style-src/);
    expect(html).not.toContain('strict-dynamic');
  });
});
