/** What `lomap export` writes, and that it leaves nothing where it refuses. HF PEFT itself: test/peft. */
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { key, narrow, widen } from '@lomap/compile';
import { openCheckpoint, openWeights, readTensor } from '@lomap/models';
import { writeAdapterFolder } from '../adapters/folder.ts';
import { loadAdapter } from '../adapters/load.ts';
import { FailureError, UsageError } from '../errors.ts';
import { writeTinyAdapter, writeTinyBase } from '../testing/tiny-adapter.ts';
import { exportCommand, type ExportArguments } from './export.ts';
import { inspectCommand } from './inspect.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...parts: string[]): string => join(folder, ...parts);

beforeAll(async () => {
  await writeTinyBase(at('base'));
  await writeTinyBase(at('other'), 2);
  await writeTinyAdapter(at('lomap'), at('base'), 'lomap');
  await writeTinyAdapter(at('lora'), at('base'), 'lora');
});

const run = (changes: Partial<ExportArguments>): Promise<string> =>
  exportCommand({ adapter: at('lomap'), base: at('base'), format: 'peft', out: at('out'), ...changes });

describe('an export', () => {
  test('as PEFT’s DoRA keeps LoMAP’s tensors bit for bit', async () => {
    expect(await run({ out: at('dora') })).toContain('an adapter that HF PEFT opens');
    const config = JSON.parse(readFileSync(at('dora', 'adapter_config.json'), 'utf8')) as object;
    expect(config).toMatchObject({ peft_type: 'LORA', use_dora: true, lomap: { method: { name: 'lomap' } } });
    const [before, after] = [
      await loadAdapter(at('lomap'), at('base'), folder),
      await loadAdapter(at('dora'), at('base'), folder),
    ];
    expect(after.read.settings).toEqual(before.read.settings);
    expect(after.read.params).toEqual(before.read.params);
  });

  test('merged is a checkpoint with the classifier, of the same weights', async () => {
    await run({ format: 'merged', out: at('merged') });
    const merged = await openCheckpoint(at('merged'), { numLabels: 3, cacheDirectory: folder, headKey: key(9) });
    const { adaptation, read, checkpoint } = await loadAdapter(at('lomap'), at('base'), folder);
    expect(merged.notes).toEqual([]);
    for (const [name, values] of adaptation.merge(read.params)) expect(merged.read(name)).toEqual(values);
    const untouched = 'bert.embeddings.word_embeddings.weight';
    expect(merged.read(untouched)).toEqual(checkpoint.read(untouched));
    const config = JSON.parse(readFileSync(at('merged', 'config.json'), 'utf8')) as object;
    expect(config).toMatchObject({ architectures: ['BertForSequenceClassification'], label2id: { LABEL_2: 2 } });
    expect(existsSync(at('merged', 'vocab.txt'))).toBe(true);
  });

  test('merged keeps the type of the base, rounded once, or is written in another', async () => {
    await writeTinyBase(at('base 16'), 1, 'BF16');
    await writeTinyAdapter(at('lomap 16'), at('base 16'), 'lomap');
    const merged = (out: string, dtype?: ExportArguments['dtype']) =>
      run({ adapter: at('lomap 16'), base: at('base 16'), format: 'merged', out: at(out), dtype });
    expect(await merged('as it is')).toContain('a checkpoint with its classifier, bfloat16.');
    expect(await merged('wide', 'float32')).toContain('a checkpoint with its classifier, float32.');
    expect(await merged('half', 'float16')).toContain('a checkpoint with its classifier, float16.');
    const { adaptation, read } = await loadAdapter(at('lomap 16'), at('base 16'), folder);
    const files = ['as it is', 'wide', 'half'].map((name) => openWeights(at(name)));
    for (const [name, values] of adaptation.merge(read.params)) {
      const [bf16, f32, f16] = files.map((file) => readTensor(file, name));
      expect(f32).toEqual(values);
      expect(bf16).toEqual(widen(narrow(values, 'bfloat16'), 'bfloat16'));
      expect(f16).toEqual(widen(narrow(values, 'float16'), 'float16'));
    }
    const types = files.map(({ tensors }) => [...new Set([...tensors.values()].map(({ dtype }) => dtype))]);
    expect(types).toEqual([['BF16'], ['F32'], ['F16']]);
    const config = (name: string): unknown => JSON.parse(readFileSync(at(name, 'config.json'), 'utf8'));
    expect(config('as it is')).toMatchObject({ torch_dtype: 'bfloat16' });
    expect(config('half')).toMatchObject({ torch_dtype: 'float16' });
  });

  test('as plain LoRA has nothing of ours in it', async () => {
    await run({ adapter: at('lora'), format: 'peft-lora', out: at('plain') });
    expect(readFileSync(at('plain', 'adapter_config.json'), 'utf8')).not.toContain('lomap');
  });
});

/** A copy of the LoRA adapter with one thing changed. */
function broken(name: string, change: (file: string, config: Record<string, unknown>) => void): string {
  cpSync(at('lora'), at(name), { recursive: true });
  const path = at(name, 'adapter_config.json');
  const config = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  change(at(name, 'adapter_model.safetensors'), config);
  writeFileSync(path, JSON.stringify(config));
  return at(name);
}

/** A header that says what is not so, in front of nothing. */
function hostile(file: string, header: object): void {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(file, Buffer.concat([length, json, Buffer.alloc(16)]));
}

describe('what is refused: one message, the exit code’s kind, no folder', () => {
  const failures: readonly (readonly [
    string,
    () => Partial<ExportArguments>,
    typeof UsageError | typeof FailureError,
    string | RegExp,
  ])[] = [
    ['LoMAP as plain LoRA', () => ({ format: 'peft-lora' }), UsageError, 'W is multiplied by'],
    ['--dtype of an adapter', () => ({ dtype: 'float16' }), UsageError, '--dtype is of --format merged'],
    ['an --out that exists', () => ({ out: at('base') }), UsageError, 'exists already'],
    ['no such adapter', () => ({ adapter: at('none') }), UsageError, '--adapter'],
    ['another base', () => ({ base: at('other') }), FailureError, 'is another model'],
    ['no files', () => ({ adapter: at('base') }), FailureError, 'adapter_config.json'],
    [
      'a truncated file',
      () => ({ adapter: broken('cut', (file) => truncateSync(file, 300)) }),
      FailureError,
      'truncated',
    ],
    [
      'a header beyond the file',
      () => ({
        adapter: broken('beyond', (file) =>
          hostile(file, { a: { dtype: 'F32', shape: [4], data_offsets: [0, 1e15] } }),
        ),
      }),
      FailureError,
      'tensor a lies at bytes',
    ],
    [
      'a header whose tensors overlap',
      () => {
        const tensor = { dtype: 'F32', shape: [4], data_offsets: [0, 16] };
        return { adapter: broken('overlap', (file) => hostile(file, { a: tensor, b: tensor })) };
      },
      FailureError,
      'overlaps',
    ],
    [
      'a block that is not ours',
      () => ({ adapter: broken('block', (_, config) => (config['lomap'] = { version: 2, method: { rank: 'two' } })) }),
      FailureError,
      'lomap.version',
    ],
    [
      'a block that is null',
      () => ({ adapter: broken('null', (_, config) => (config['lomap'] = null)) }),
      FailureError,
      /^ {2}lomap: Invalid input/m,
    ],
    [
      'a form of PEFT’s that is another adapter',
      () => ({ adapter: broken('r77', (_, config) => (config['r'] = 77)) }),
      FailureError,
      'r is 77; expected 2',
    ],
    [
      'an unknown peft_type',
      () => ({
        adapter: broken('type', (_, config) => {
          delete config['lomap'];
          config['peft_type'] = 'BOFT';
        }),
      }),
      FailureError,
      'has peft_type "BOFT"',
    ],
  ];
  test.each(failures)('%s', async (_, changes, kind, message) => {
    const asked = changes();
    const refused = run(asked);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toBeInstanceOf(kind);
    expect(existsSync(at('out'))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('a classifier without labels', async () => {
    const files = await writeTinyAdapter(at('labels'), at('base'), 'lora');
    const name = 'base_model.model.classifier.weight';
    const tensors = new Map([...files.tensors, [name, { shape: [0, 8], data: new Float32Array(0) }]]);
    await writeAdapterFolder(at('labels'), { ...files, tensors });
    await expect(run({ adapter: at('labels') })).rejects.toThrow(
      `adapter_model.safetensors is not right:\n  ${name} has shape [0, 8]; expected no dimension of 0\nAre`,
    );
  });

  test('NaN in a tensor', async () => {
    const files = await writeTinyAdapter(at('good'), at('base'), 'lora');
    const [name, tensor] = [...files.tensors].find(([key]) => key.endsWith('lora_B.weight'))!;
    const data = Float32Array.from(tensor.data).fill(NaN, 1, 2);
    await writeAdapterFolder(at('nan'), {
      ...files,
      tensors: new Map([...files.tensors, [name, { ...tensor, data }]]),
    });
    await expect(run({ adapter: at('nan') })).rejects.toThrow(
      `${name} of shape [${tensor.shape.join(', ')}]: NaN at [0, 1]`,
    );
    await expect(inspectCommand({ adapter: at('nan'), format: 'table' })).rejects.toBeInstanceOf(FailureError);
  });
});
