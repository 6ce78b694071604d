import { describe, expect, test } from '@jest/globals';
import { fakeResult } from '@lomap/results/testing';
import { fakeSweep } from '../testing/fake-sweep.ts';
import { sweepReport } from '../sweep-report.ts';
import { renderChart } from './render.ts';
import { colours, wrap } from './style.ts';

describe('charts', () => {
  test('are the same bytes whatever the order of the results', async () => {
    const results = fakeSweep();
    const forward = sweepReport('fake', results).charts;
    const backward = sweepReport('fake', [...results].reverse()).charts;
    expect([...backward.keys()]).toEqual(['scores', 'differences', 'search']);
    for (const name of ['scores', 'search']) {
      const [a, b] = [await renderChart(forward.get(name)!), await renderChart(backward.get(name)!)];
      expect(b.spec).toBe(a.spec);
      expect(b.svg).toBe(a.svg);
      expect(b.png.equals(a.png)).toBe(true);
    }
  });

  test('show every mean, interval and seed', async () => {
    const { svg, png } = await renderChart(sweepReport('fake-name', fakeSweep()).charts.get('scores')!);
    for (const text of ['fake-name: score by task and method', 'fake-encoder, 3 seeds', 'CoLA', 'LoMAP', 'Average']) {
      expect(svg).toContain(text);
    }
    expect(svg).toContain('score on dev (points)');
    const points = svg.match(/aria-roledescription="point"/g) ?? []; // one a mean, a seed or an end cap
    expect(points.length).toBeGreaterThanOrEqual(4 * 5 * (1 + 3)); // rows × panels × (mean and seeds)
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(svg).toContain('DejaVu Sans');
  });

  test('keep a method’s colour from chart to chart', () => {
    const { charts } = sweepReport('fake', fakeSweep());
    const [scores, differences] = ['scores', 'differences'].map((name) => JSON.stringify(charts.get(name)));
    expect(scores).toContain(
      '"domain":["head only","LoRA","DoRA","LoMAP"],"range":["#767676","#0072B2","#D55E00","#009E73"]',
    );
    expect(differences).toContain('"domain":["DoRA","LoMAP"],"range":["#D55E00","#009E73"]');
  });

  test('cut an interval that would hide the seeds, and say so', () => {
    const results = [0.8, 0.81].map((score, i) => fakeResult({ seed: i, score })); // 80.5 ± 6.4 points
    const text = JSON.stringify(sweepReport('fake', results).charts.get('scores'));
    expect(text).toContain('without an end cap');
    expect(text).toContain('"domain":[79.44,81.56]');
  });

  test('show the search of each method in a panel of its own, in the order of the tables', async () => {
    const { svg } = await renderChart(sweepReport('fake', fakeSweep()).charts.get('search')!);
    const headers = [...svg.matchAll(/>(LoRA|DoRA|LoMAP|head only|CoLA|RTE|MRPC|SST-2|STS-B)<\/text>/g)].map(
      ([, text]) => text,
    );
    const methods = headers.filter((text) => /LoRA|DoRA|LoMAP|head only/.test(text!));
    const tasks = headers.length - methods.length;
    expect(tasks).toBeGreaterThan(0);
    expect(methods.slice(0, methods.length / tasks)).toEqual(
      ['head only', 'LoRA', 'DoRA', 'LoMAP'].filter((m) => methods.includes(m)),
    );
    expect(new Set(methods).size).toBe(methods.length / tasks);
  });

  test('mark rates that diverged, collapsed or tie, where there are some', async () => {
    const of = (learningRate: number, score: number, collapsed = false) =>
      fakeResult({ purpose: 'search', seed: 101, learningRate, score, collapsed });
    const diverged = [{ purpose: 'search' as const, settings: of(1, 0).trial.settings, error: 'the loss is NaN' }];
    const results = [of(1e-3, 0.6), of(1e-2, 0.6), of(1e-1, 0.7, true)];
    const chart = sweepReport('fake', results, { question: [], diverged }).charts.get('search')!;
    const { svg } = await renderChart(chart);
    for (const said of ['Thin ring', 'Cross: diverged', 'Triangle: collapsed'])
      expect(JSON.stringify(chart)).toContain(said);
    const marks = [...svg.matchAll(/aria-label="([^"]*)"/g)].map(([, label]) => label!);
    expect(marks.filter((label) => label.includes('seeds that diverged: 1'))).toHaveLength(1);
    expect(marks.filter((label) => label.includes('seeds that collapsed: 1'))).toHaveLength(1);
    expect(JSON.stringify(sweepReport('fake', fakeSweep()).charts.get('search'))).not.toMatch(/Cross|Triangle|Thin/);
  });

  test('leave out of the differences what was trained unlike its baseline', () => {
    const unequal = fakeSweep().map((result) => {
      const { settings } = result.trial;
      if (settings.method.label !== 'dora') return result;
      return fakeResult({ task: settings.task, label: 'dora', seed: settings.seed, training: { epochs: 9 } });
    });
    const { charts } = sweepReport('fake', unequal);
    expect(JSON.stringify(charts.get('differences'))).toContain('"domain":["LoMAP"]');
    expect(JSON.stringify(charts.get('scores'))).toContain('Unequal protocols: the table says which.');
  });

  test('draw one seed without an interval', async () => {
    const { charts } = sweepReport('fake', [fakeResult()]);
    expect([...charts.keys()]).toEqual(['scores']);
    expect((await renderChart(charts.get('scores')!)).svg).toContain('1 seed.');
  });
});

test('a specification that Vega-Lite would complain about is an error', async () => {
  const wrong = {
    mark: 'bar',
    encoding: { x: { field: 'a', type: 'quantitative', scale: { type: 'band' } } },
  } as const;
  await expect(renderChart({ data: { values: [] }, ...wrong })).rejects.toThrow(/specification is wrong/);
});

test('colours repeat after seven, grey is for head only', () => {
  const titles = ['head only', ...'abcdefgh'];
  const { range } = colours(titles);
  expect(range[0]).toBe('#767676');
  expect(range[1]).toBe(range[8]);
  expect(new Set(range.slice(1, 8)).size).toBe(7);
});

test('wrap breaks between words', () => {
  expect(wrap('aa bb cc', 5)).toEqual(['aa bb', 'cc']);
  expect(wrap('longer-than-that b', 5)).toEqual(['longer-than-that', 'b']);
});
