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

test('with the base: the type and the number of its files', async () => {
  expect(await inspectCommand({ adapter: at('lomap'), base: at('base'), format: 'table' })).toMatch(
    /^stored +float32 in 1 file$/m,
  );
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
    await expect(refused).rejects.toThrow(/adapter_model\.safetensors holds values that are not finite:\n.*NaN at \[/);
  }
});

function nanAt({ config, tensors }: AdapterFiles): AdapterFiles {
  const [name, { shape, data }] = [...tensors].at(-1)!;
  return { config, tensors: new Map(tensors).set(name, { shape, data: data.with(1, NaN) }) };
}

describe('without the base, files that are not right are refused', () => {
  const query = 'base_model.model.bert.encoder.layer.0.attention.self.query.lora_A.weight';
  const changes: readonly (readonly [string, string, (files: AdapterFiles) => AdapterFiles, string])[] = [
    [
      'lora',
      'unknown-type',
      (files) => theirs(files, { peft_type: 'BOFT' }),
      'has peft_type "BOFT"; read are ADALORA, DELORA, IA3, LOHA, LOKR, LORA, VERA',
    ],
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

describe('what is printed is what the adapter is', () => {
  /** The rows of an adapter as PEFT would have written it, with these keys changed. */
  const rowsOf = async (name: string, method: string, settings: object, changes: object = {}): Promise<string> => {
    const { config, tensors } = await writeTinyAdapter(at(`${name}-ours`), at('base'), method, settings);
    const { lomap: _, ...plain } = config;
    await writeAdapterFolder(at(name), { config: { ...plain, ...changes }, tensors });
    return inspectCommand({ adapter: at(name), format: 'table' });
  };

  test('AdaLoRA’s ranks, not its unused r', async () => {
    const text = await rowsOf(
      'ada',
      'adalora',
      { initR: 6, rank: 4 },
      { r: 77, use_rslora: true, alpha_pattern: { query: 88 } },
    );
    expect(text).toMatch(/^rank +6 at the start \(init_r\), 4 on average at the end \(target_r\)$/m);
    expect(text).toMatch(/^ranks left +36 of 36, 6 a matrix \(6 to 6\): none is taken away yet$/m);
    // Of alpha / init_r, without rsLoRA's root.
    expect(text).toMatch(/^scaling +2\.66666 \(lora alpha 16\)$/m);
    expect(text).not.toMatch(/77|88/);
    const ours = await inspectCommand({ adapter: at('ada-ours'), format: 'table' });
    expect(ours.match(/^(?:rank|ranks left|scaling) .*$/gm)).toEqual(text.match(/^(?:rank|ranks left|scaling) .*$/gm));
  });

  test.each([
    [
      'untrained',
      [0, 0, 0, 0, 0, 0],
      '0 of 36, 0 a matrix (0 to 0): every singular value is 0, as before training: it changes nothing',
    ],
    ['reducing', [1, 1, 1, 1, 1, 0], '30 of 36, 5 a matrix (5 to 5): the budget is on its way to 24'],
    ['reached', [0, 1, 0, 1, 1, 1], '24 of 36, 4 a matrix (4 to 4): the budget of 24 is reached'],
  ])('AdaLoRA’s budget: %s', async (phase, values, said) => {
    const { config, tensors } = await writeTinyAdapter(at(`${phase}-ours`), at('base'), 'adalora', {
      initR: 6,
      rank: 4,
    });
    const changed = [...tensors].map(([key, { shape, data }]): [string, typeof data, readonly number[]] => [
      key,
      key.endsWith('lora_E') ? Float32Array.from(values) : data,
      shape,
    ]);
    const kept = new Map(changed.map(([key, data, shape]) => [key, { shape, data }]));
    await writeAdapterFolder(at(phase), { config, tensors: kept });
    const text = await inspectCommand({ adapter: at(phase), format: 'table' });
    expect(text.split('\n')).toContainEqual(`ranks left  ${said}`);
  });

  test.each<[string, string, object, object, RegExp[], RegExp[]]>([
    ['rslora', 'lora', { useRslora: true, rank: 4 }, {}, [/^rank +4$/m, /^scaling +8 \(lora alpha 16\)$/m], []],
    [
      'alphas',
      'lora',
      {},
      { alpha_pattern: { query: 3 } },
      [/^rank +2$/m, /^scaling +1\.5 to 8, by matrix$/m],
      [/lora alpha/],
    ],
    ['no-rank', 'ia3', { rank: null }, {}, [/^targets .*\(\d matrices\)$/m], [/^rank/m, /^scaling/m]],
    ['whole', 'lokr', { rank: 8 }, {}, [/^scaling +2 /m], [/^rank/m]],
    ['vera', 'vera', {}, {}, [/^rank +2$/m], [/^scaling/m]],
    ['delora', 'delora', {}, {}, [/^rank +2$/m], [/^scaling/m]],
    // A name that matches nothing is no target, and a saved pooler is none.
    [
      ...(['targets', 'lora', {}] as const),
      { target_modules: ['query', 'key', 'value', 'dense', 'q_proj'] },
      [/^targets +attention\.output\.dense, .*, output\.dense of layer 0 \(6 matrices\)$/m],
      [/q_proj/],
    ],
  ])('%s', async (name, method, settings, changes, there, absent) => {
    const text = await rowsOf(`true-${name}`, method, settings, changes);
    for (const row of there) expect(text).toMatch(row);
    for (const row of absent) expect(text).not.toMatch(row);
  });

  test('PiSSA’s rank and scaling are its own, not those of the LoRA that PEFT sees', async () => {
    await writeTinyAdapter(at('pissa'), at('base'), 'lora', { initLoraWeights: 'pissa' });
    const text = await inspectCommand({ adapter: at('pissa'), format: 'table' });
    expect(text).toMatch(/^rank +2$/m);
    expect(text).toMatch(/^scaling +8 \(lora alpha 16\)$/m);
  });

  test('MAP’s update is divided by its norm: no scaling is', async () => {
    expect(await inspectCommand({ adapter: at('lomap'), format: 'table' })).not.toMatch(/scaling|lora alpha/);
  });

  test.each([[''], ['  '], [null]])('a base that is not named: %j', async (none) => {
    const text = await rowsOf('unnamed', 'lora', {}, { base_model_name_or_path: none });
    expect(text).toMatch(/^base +none is named \(base_model_name_or_path is empty\)$/m);
    const on = await inspectCommand({ adapter: at('unnamed'), base: at('base'), format: 'json' });
    expect(JSON.parse(on)).toMatchObject({ base: { name: null }, notes: [] });
  });
});
