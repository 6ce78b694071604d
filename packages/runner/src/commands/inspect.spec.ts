import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { defaultMapSettings } from '@lomap/map';
import type { AdapterFiles } from '@lomap/peft';
import { writeAdapterFolder } from '../adapters/folder.ts';
import { FailureError } from '../errors.ts';
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

test('the matrices of a method whose tensors are shared between them', async () => {
  await writeTinyAdapter(at('lotr'), at('base'), 'lotr');
  expect(await inspectCommand({ adapter: at('lotr'), format: 'table' })).toMatch(/^targets .*\(6 matrices\)$/m);
});

test('an adapter with NaN is refused, with or without its base', async () => {
  await writeAdapterFolder(at('nan'), nanAt(await writeTinyAdapter(at('nan-good'), at('base'), 'lora')));
  for (const base of [undefined, at('base')]) {
    const refused = inspectCommand({ adapter: at('nan'), ...(base && { base }), format: 'table' });
    await expect(refused).rejects.toThrow(/adapter_model\.safetensors holds values that are no numbers:\n.*NaN at \[/);
  }
});

function nanAt({ config, tensors }: AdapterFiles): AdapterFiles {
  const [name, { shape, data }] = [...tensors].at(-1)!;
  return { config, tensors: new Map(tensors).set(name, { shape, data: data.with(1, NaN) }) };
}

describe('without the base, files that are not right are refused', () => {
  const query = 'base_model.model.bert.encoder.layer.0.attention.self.query.lora_A.weight';
  const changes: readonly (readonly [string, string, (files: AdapterFiles) => AdapterFiles, string])[] = [
    ['lora', 'unknown-type', (files) => theirs(files, { peft_type: 'BOFT' }), 'has peft_type "BOFT"; read are LORA'],
    ['lora', 'pattern', (files) => theirs(files, { rank_pattern: { zzz: 3 } }), 'rank_pattern "zzz" matches none'],
    ['lora', 'half', (files) => theirs(files, {}, query), `${query} is missing beside`],
    [
      'lora',
      'own-type',
      ({ config, tensors }) => ({ config: { ...config, peft_type: 'BOFT' }, tensors }),
      'expected "LORA"',
    ],
    ['lomap', 'own-half', (files) => ({ ...files, tensors: without(files, query) }), `${query} is missing beside`],
  ];
  const without = ({ tensors }: AdapterFiles, name: string): AdapterFiles['tensors'] =>
    new Map([...tensors].filter(([key]) => key !== name));
  const theirs = (files: AdapterFiles, more: object, missing = ''): AdapterFiles => {
    const { lomap: _, ...config } = files.config;
    return { config: { ...config, ...more }, tensors: without(files, missing) };
  };
  test.each(changes)('%s, %s', async (method, name, change, message) => {
    await writeAdapterFolder(at(name), change(await writeTinyAdapter(at(`${name}-good`), at('base'), method)));
    const refused = inspectCommand({ adapter: at(name), format: 'table' });
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toBeInstanceOf(FailureError);
  });
});
