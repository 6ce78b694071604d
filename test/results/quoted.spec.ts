/** The published tables in results/quoted: they hold together, and what was left out would not. */
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { averageOf, gainsOf, parseQuoted, readQuoted, type QuotedTable } from '@lomap/results';

const folder = fileURLToPath(new URL('../../results/quoted', import.meta.url));
let tables: Map<string, QuotedTable>;
beforeAll(async () => {
  tables = await readQuoted(folder);
});
const table = (name: string): QuotedTable => tables.get(name)!;

test('each table is of one model and names its sources', () => {
  expect([...tables].map(([name, { rows, leftOut }]) => [name, rows.length, leftOut.length])).toEqual([
    ['commonsense-llama-3-8b', 9, 2],
    ['commonsense-llama-7b', 23, 1],
    ['glue-deberta-v3-base-psoft', 5, 0],
    ['glue-deberta-v3-base', 26, 3],
    ['glue-deberta-v3-large', 3, 1],
    ['metamathqa-llama-3.2-3b', 9, 0],
  ]);
  for (const [name, { model, rows, sources }] of tables) {
    expect(name).toContain(model);
    expect(new Set(rows.flatMap(({ source, also = [] }) => [source, ...also]))).toEqual(new Set(Object.keys(sources)));
  }
});

test('the two averaging rules part LoRA at r = 8 by .16, and LoMAP’s average is of the first', () => {
  const glue = table('glue-deberta-v3-base');
  const lora = glue.rows.find(({ source, method, rank }) => source === 'adalora' && method === 'LoRA' && rank === 8)!;
  expect(averageOf(glue, lora)!.toFixed(2)).toBe('88.34');
  expect(averageOf(glue, lora, 'first-metric')!.toFixed(2)).toBe('88.50');
  const map = glue.rows.filter(({ source, rank }) => source === 'map' && rank === 2);
  expect(map.map((row) => [row.method, averageOf(glue, row)!.toFixed(2)])).toEqual([
    ['LoMAP', '89.49'],
    ['LoRA', '88.13'],
  ]);
});

test('LoMAP over LoRA at r = 2, the same four tasks: the paper +1.56, the independent re-run +.39', () => {
  const glue = table('glue-deberta-v3-base');
  expect(gainsOf(glue, glue.gains![0]!)).toEqual([
    { source: 'map', stated: 1.56, mean: expect.closeTo(1.5625, 10) },
    // Of rounded scores: CoLA's +1.00 reads .99.
    { source: 'rerun', stated: 0.39, mean: expect.closeTo(0.385, 10) },
  ]);
});

test('the row that was left out for its average would be refused', () => {
  const quoted = table('commonsense-llama-3-8b');
  // Its cells average 82.8: only their sum matters here.
  const scores = Object.fromEntries(quoted.tasks.map((task) => [task, 82.8]));
  const liera = { source: 'subspace', row: 'LieRA', method: 'LieRA', scores, average: 85.3, averaging: 'plain' };
  const withIt = JSON.stringify({ ...quoted, rows: [...quoted.rows, liera] });
  expect(() => parseQuoted(withIt, 'x.json')).toThrow('the scores average 82.80 by "plain", not 85.3');
});
