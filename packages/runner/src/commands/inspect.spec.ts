import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { defaultMapSettings } from '@lomap/map';
import { writeTinyAdapter, writeTinyBase } from '../testing/tiny-adapter.ts';
import { inspectCommand } from './inspect.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-inspect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  await writeTinyBase(at('base'));
  await writeTinyAdapter(at('lomap'), at('base'), 'lomap');
  await writeTinyAdapter(at('rows'), at('base'), 'lomap', {
    targetModules: ['query'],
    map: { ...defaultMapSettings, baseScope: 'row', deltaScope: 'column' },
  });
});

test('says method, rank, targets, parameters, base, and α and β of each matrix', async () => {
  const text = await inspectCommand({ adapter: at('lomap'), format: 'table' });
  // r = 2 on four [8, 8], a [12, 8] and an [8, 12], and two scalars each; pooler and a classifier of three.
  expect(text).toMatch(
    new RegExp(`^parameters +${2 * (4 * 16 + 2 * 20) + 12} in the adapter, ${72 + 27} in the head$`, 'm'),
  );
  expect(text).toMatch(/^targets .*\(6 matrices\)$/m);
  expect(text).toMatch(/^base +tiny, sha256 [0-9a-f]{64}$/m);
  expect(text).toMatch(/^matrix +α +β$/m);
  expect(text).toMatch(/^bert\.encoder\.layer\.0\.attention\.self\.query +[\d.]+ +[\d.]+$/m);
});

test('with the base: what it changes there', async () => {
  const description = JSON.parse(await inspectCommand({ adapter: at('lomap'), base: at('base'), format: 'json' })) as {
    parameters: object;
    magnitudes: Record<string, number>[];
  };
  expect(description.parameters).toEqual({ adapter: 2 * (4 * 16 + 2 * 20) + 12, head: 72 + 27 });
  const [first] = description.magnitudes;
  expect(Object.keys(first!)).toEqual(['matrix', '‖W‖', '‖W*-W‖', 'α/‖W‖-1', 'β']);
  // |α - ‖W‖| + β bounds the change, and β is near its start of 1.
  expect(first!['‖W*-W‖']).toBeLessThanOrEqual(
    Math.abs(first!['α/‖W‖-1']! * first!['‖W‖']!) + Math.abs(first!['β']!) + 1e-3,
  );
  expect(Math.abs(first!['β']! - 1)).toBeLessThan(0.5);
});

test('vectors as mean and range; a form that PEFT has not is LoMAP’s alone', async () => {
  const text = await inspectCommand({ adapter: at('rows'), format: 'table' });
  expect(text).toMatch(/^opens in +LoMAP alone$/m);
  expect(text).toMatch(/query +[\d.]+ \([\d.]+ to [\d.]+\) +[\d.]+ \(/);
});
