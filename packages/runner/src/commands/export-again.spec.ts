/** An export of what another program wrote: what it says beside the weights is kept. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AdapterFiles } from '@lomap/peft';
import { writeAdapterFolder } from '../adapters/folder.ts';
import { writeTinyAdapter, writeTinyBase } from '../testing/tiny-adapter.ts';
import { exportCommand, type ExportArguments } from './export.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-again-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...parts: string[]): string => join(folder, ...parts);
const configOf = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(at(name, 'adapter_config.json'), 'utf8')) as Record<string, unknown>;
const run = (adapter: string, format: ExportArguments['format'], out: string): Promise<string> =>
  exportCommand({ adapter: at(adapter), base: at('base'), format, out: at(out) });

let lomap: AdapterFiles;
let lora: AdapterFiles;
beforeAll(async () => {
  await writeTinyBase(at('base'));
  lomap = await writeTinyAdapter(at('lomap'), at('base'), 'lomap');
  lora = await writeTinyAdapter(at('lora'), at('base'), 'lora');
});

/** The files as PEFT would write them, with changes. */
function foreign({ config, tensors }: AdapterFiles, changes: object): AdapterFiles {
  const { lomap: _, ...rest } = config;
  return { config: { ...rest, ...changes }, tensors };
}

describe('names of the base model', () => {
  const names = { base_model_name_or_path: 'sentence-transformers/base', revision: 'v1.2' };
  test.each(['peft', 'peft-lora'] as const)('are kept as %s', async (format) => {
    await writeAdapterFolder(at(`named-${format}`), foreign(lora, names));
    const said = await run(`named-${format}`, format, `kept-${format}`);
    expect(configOf(`kept-${format}`)).toMatchObject(names);
    expect(said).not.toContain('names the base model');
  });

  test('of ours too', async () => {
    await writeAdapterFolder(at('ours'), { ...lomap, config: { ...lomap.config, ...names } });
    await run('ours', 'peft', 'ours-again');
    expect(configOf('ours-again')).toMatchObject({ ...names, lomap: { base: { name: 'tiny' } } });
  });

  test('are the folder’s where the file has none', async () => {
    await writeAdapterFolder(at('unnamed'), foreign(lora, { base_model_name_or_path: null }));
    await run('unnamed', 'peft', 'unnamed-again');
    expect(configOf('unnamed-again')).toMatchObject({ base_model_name_or_path: 'base', revision: null });
  });
});

test('LoMAP’s exact tensors are spoken of where they are', async () => {
  expect(await run('lomap', 'peft', 'with')).toContain("; LoMAP's exact tensors are in the same file.");
  expect(await run('lora', 'peft', 'without')).toMatch(/: an adapter that HF PEFT opens\.$/);
});

test('LoMAP’s tensors without their block are passed over, and the note says so', async () => {
  await writeAdapterFolder(at('no-block'), foreign(lomap, {}));
  expect(await run('no-block', 'peft', 'as-peft')).toContain('without their block "lomap"');
  expect(configOf('as-peft')).toMatchObject({ use_dora: true, lomap: { method: { name: 'dora' } } });
});

test.each([
  ['LORA', '', /or take the block "lomap" out to read what HF PEFT sees\.$/],
  ['LOMAP', '-alone', /Use the file as lomap wrote it\.$/],
])('the remedy for a broken block beside %s', async (type, suffix, remedy) => {
  const config = { ...lomap.config, peft_type: type, lomap: { version: 2 } };
  await writeAdapterFolder(at(`block${suffix}`), { ...lomap, config });
  await expect(run(`block${suffix}`, 'peft', 'never')).rejects.toMatchObject({
    hint: expect.stringMatching(remedy),
  });
});

test('an expression that backtracks names the file and its key', async () => {
  await writeAdapterFolder(at('backtracks'), foreign(lora, { target_modules: '([a-z.0-9_]+)+X' }));
  await expect(run('backtracks', 'peft', 'never')).rejects.toThrow(
    `${at('backtracks', 'adapter_config.json')}: target_modules "([a-z.0-9_]+)+X" is not matched within`,
  );
  const method = { ...(lora.config['lomap'] as { method: object }).method, targetModules: '([a-z.0-9_]+)+X' };
  const block = { ...(lora.config['lomap'] as object), method };
  await writeAdapterFolder(at('backtracks-block'), { ...lora, config: { ...lora.config, lomap: block } });
  await expect(run('backtracks-block', 'peft', 'never')).rejects.toThrow(
    `${at('backtracks-block', 'adapter_config.json')}: targetModules "([a-z.0-9_]+)+X" is not matched within`,
  );
});

test('a tensor that no memory holds', async () => {
  await writeAdapterFolder(at('sparse'), lora);
  const header = Buffer.from(JSON.stringify({ huge: { dtype: 'F32', shape: [5e9], data_offsets: [0, 20e9] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const path = at('sparse', 'adapter_model.safetensors');
  writeFileSync(path, Buffer.concat([length, header]));
  truncateSync(path, 8 + header.length + 20e9);
  await expect(run('sparse', 'peft', 'never')).rejects.toThrow(
    `${path}: tensor huge of shape [5000000000] takes 20000000000 bytes, which cannot be held in memory`,
  );
  expect(readdirSync(folder).filter((name) => name.startsWith('.') || name === 'never')).toEqual([]);
});
