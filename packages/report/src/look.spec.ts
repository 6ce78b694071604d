import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { fakeAblation, fakeSweep } from './fake-sweep.ts';
import { renderChart } from './charts/render.ts';
import { sweepReport } from './sweep-report.ts';
import { markdown } from './tables/markdown.ts';
import { latex } from './tables/latex.ts';
import { csv } from './tables/csv.ts';
test('look', async () => {
  await mkdir('/tmp/look', { recursive: true });
  for (const [n, rs] of [['sweep', fakeSweep()], ['abl', fakeAblation()]] as const) {
    const r = sweepReport(n, rs);
    for (const [k, t] of r.tables) { await writeFile(`/tmp/look/${n}-${k}.md`, markdown(t)); await writeFile(`/tmp/look/${n}-${k}.tex`, latex(t)); await writeFile(`/tmp/look/${n}-${k}.csv`, csv(t)); }
    for (const [k, c] of r.charts) { const x = await renderChart(c); await writeFile(`/tmp/look/${n}-${k}.png`, x.png); await writeFile(`/tmp/look/${n}-${k}.svg`, x.svg); }
  }
  expect(1).toBe(1);
});
