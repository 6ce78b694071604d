/** What `inspect` says of an adapter is what `export` does with it. Adapters that Python wrote: test/peft. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { defaultMapSettings } from '@lomap/map';
import { methodDefaults, methodNames } from '@lomap/peft';
import { writeAdapterFolder } from '../adapters/folder.ts';
import { writeTinyAdapter, writeTinyBase } from '../testing/tiny-adapter.ts';
import { exportFormats } from './adapter-options.ts';
import { exportCommand } from './export.ts';
import { inspectCommand } from './inspect.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-agree-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
beforeAll(() => writeTinyBase(at('base')));

interface Said {
  readonly exports: Record<string, { exact: boolean | null; reason: string | null }>;
}
const inspected = async (adapter: string, base?: string): Promise<Said['exports']> => {
  const text = await inspectCommand({ adapter: at(adapter), base, format: 'json' });
  return (JSON.parse(text) as Said).exports;
};
/** Why an export is refused; null where it is made. */
const refusal = (adapter: string, format: (typeof exportFormats)[number]): Promise<string | null> =>
  exportCommand({ adapter: at(adapter), base: at('base'), format, out: at(`${adapter}-${format}`) }).then(
    () => null,
    (error: unknown) => (error as Error).message,
  );

const columns = { map: { ...defaultMapSettings, baseScope: 'column' } };
const plain = { map: { ...defaultMapSettings, alpha: 'frozen', epsilonMode: 'clamp' } };
test.each<[string, object]>([
  ...methodNames().map((name): [string, object] => [name, {}]),
  ...([
    ['lomap', columns],
    ['map+lotr', columns],
    ['lomap', plain],
    ['lora', { initLoraWeights: 'pissa' }],
  ] as [string, object][]),
])('%s %j: the formats that inspect names are those that export writes', async (method, changes) => {
  const rank = methodDefaults(method).rank === null ? null : 2;
  const name = `${method} ${createHash('sha256').update(JSON.stringify(changes)).digest('hex').slice(0, 8)}`;
  await writeTinyAdapter(at(name), at('base'), method, { rank, ...changes });
  const [alone, onBase] = [await inspected(name), await inspected(name, at('base'))];
  for (const format of exportFormats) {
    const reason = await refusal(name, format);
    expect([format, onBase[format]]).toEqual([format, { exact: reason === null, reason }]);
    // The files alone leave it open at most, and never say otherwise.
    if (alone[format]!.exact !== null) expect([format, alone[format]]).toEqual([format, onBase[format]]);
  }
});

test('a module outside of the head in full is refused by both, with the true reason', async () => {
  const { config, tensors } = await writeTinyAdapter(at('good'), at('base'), 'lora');
  const { lomap: _, ...foreign } = config;
  const norm = 'base_model.model.bert.embeddings.LayerNorm.weight';
  await writeAdapterFolder(at('norm'), {
    config: { ...foreign, modules_to_save: ['pooler', 'classifier', 'LayerNorm'] },
    tensors: new Map([...tensors, [norm, { shape: [8], data: new Float32Array(8).fill(1) }]]),
  });
  const said =
    `${join(at('norm'), 'adapter_config.json')}: modules_to_save ["pooler","classifier","LayerNorm"] names modules outside of ` +
    `the task head (bert.pooler, classifier):\n  ${norm} [8]\nLoMAP holds no other module in full beside an adapter. ` +
    'Merge the adapter in PEFT (merge_and_unload), and use the result as a model.';
  await expect(inspected('norm')).rejects.toThrow(said);
  await expect(inspected('norm', at('base'))).rejects.toThrow(said);
  for (const format of exportFormats) expect(await refusal('norm', format)).toBe(said);
});

test('a merged weight that float32 cannot hold is said before it is asked for', async () => {
  const { config, tensors } = await writeTinyAdapter(at('large'), at('base'), 'lora');
  const { lomap: _, ...foreign } = config;
  const key = [...tensors.keys()].find((name) => name.endsWith('lora_B.weight'))!;
  const { shape, data } = tensors.get(key)!;
  await writeAdapterFolder(at('large'), {
    config: foreign,
    tensors: new Map([...tensors, [key, { shape, data: data.map(() => 3e38) }]]),
  });
  const { merged } = await inspected('large', at('base'));
  expect(merged).toEqual({ exact: false, reason: expect.stringContaining('Infinity') });
  expect(await refusal('large', 'merged')).toBe(merged!.reason);
});
