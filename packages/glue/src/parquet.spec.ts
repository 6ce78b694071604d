import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ParquetWriteOptions, parquetWriteBuffer } from 'hyparquet-writer';
import { DataError } from '@lomap/tasks';
import { dataSha256 } from './files.ts';
import { loadSplit, loadSplitWithCounts } from './load.ts';
import { type ParquetTable, readParquet } from './parquet-file.ts';
import type { SplitName } from './task.ts';
import { glueTask, glueTasks } from './tasks.ts';

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'lomap-parquet-'));
});
afterEach(() => rm(data, { recursive: true, force: true }));

type Column = ParquetWriteOptions['columnData'][number];
type Options = Omit<ParquetWriteOptions, 'writer' | 'columnData'>;

const text = (name: string, ...values: string[]): Column => ({ name, data: values, type: 'STRING' });
const labels = (...values: number[]): Column => ({ name: 'label', data: values.map(BigInt), type: 'INT64' });
const idx = (...values: number[]): Column => ({ name: 'idx', data: Int32Array.from(values), type: 'INT32' });
const parquet = (columnData: Column[], options: Options = {}) =>
  Buffer.from(parquetWriteBuffer({ columnData, ...options }));

/** Columns of the sentences on the hub, by task. */
const sentences: Record<string, string[]> = {
  ...{ cola: ['sentence'], sst2: ['sentence'], mrpc: ['sentence1', 'sentence2'], stsb: ['sentence1', 'sentence2'] },
  ...{ qqp: ['question1', 'question2'], mnli: ['premise', 'hypothesis'], qnli: ['question', 'sentence'] },
  ...{ rte: ['sentence1', 'sentence2'], wnli: ['sentence1', 'sentence2'] },
};

async function write(name: string, file: string, bytes: Buffer | string): Promise<string> {
  await mkdir(join(data, name), { recursive: true });
  await writeFile(join(data, name, file), bytes);
  return join(data, name, file);
}

/** Loads RTE's train split from this file. */
async function loadRte(bytes: Buffer) {
  await write('rte', 'train-00000-of-00001.parquet', bytes);
  return loadSplit(glueTask('rte'), data, 'train');
}

const two = [text('sentence1', 'A', 'C'), text('sentence2', 'B', 'D'), labels(0, 1), idx(0, 1)];
const without = (name: string, ...others: Column[]) => [...two.filter((column) => column.name !== name), ...others];

describe('the layout of nyu-mll/glue', () => {
  test.each(glueTasks.map(({ name }) => name).filter((name) => name !== 'stsb'))('%s', async (name) => {
    const it = glueTask(name);
    const [first, second] = sentences[name]!;
    const classes = it.labels.map((_, id) => id);
    const texts = (prefix: string) => classes.map((id) => `${prefix} ${id} "quoted"\ttab `);
    const bytes = parquet([
      text(first!, ...texts('a')),
      ...(second === undefined ? [] : [text(second, ...texts('b'))]),
      labels(...classes),
      idx(...classes.map((id) => id * 2)),
    ]);
    for (const split of [it.splits.train, ...it.splits.dev]) {
      await write(name, `${split.replace('dev', 'validation')}-00000-of-00001.parquet`, bytes);
      expect(await loadSplit(it, data, split)).toEqual(
        classes.map((id) => ({
          index: id * 2,
          text: texts('a')[id],
          pair: second === undefined ? null : texts('b')[id],
          label: id,
        })),
      );
    }
  });

  test('STS-B: float32 scores are the decimals of the TSV file', async () => {
    const scores = [0, 2.533, 3.8, 5, 1.714, 2.11111111111111];
    const label: Column = { name: 'label', data: Float32Array.from(scores), type: 'FLOAT' };
    const texts = scores.map((_, i) => `text ${i}`);
    const file = parquet([text('sentence1', ...texts), text('sentence2', ...texts), label, idx(0, 1, 2, 3, 4, 5)]);
    await write('stsb', 'validation-00000-of-00001.parquet', file);
    const found = (await loadSplit(glueTask('stsb'), data, 'dev')).map((example) => example.label);
    expect(found.slice(0, 5)).toEqual(scores.slice(0, 5));
    expect(found.map(Math.fround)).toEqual(scores.map(Math.fround));
  });

  test('several files, row groups and pages, dictionaries, other columns, any stored order', async () => {
    const count = 5000;
    const range = Array.from({ length: count }, (_, i) => i);
    const half = (start: number) =>
      parquet(
        [
          idx(...range.map((i) => start + i)),
          text('extra', ...range.map(String)),
          labels(...range.map((i) => i % 2)),
          text('sentence2', ...range.map((i) => ['yes', 'no', 'maybe'][i % 3]!)),
          text('sentence1', ...range.map((i) => `sentence ${start + i}`)),
        ],
        { rowGroupSize: 1500, pageSize: 4096 },
      );
    await write('rte', 'train-00001-of-00002.parquet', half(count));
    await write('rte', 'train-00000-of-00002.parquet', half(0));
    const examples = await loadSplit(glueTask('rte'), data, 'train');
    expect(examples.map(({ index }) => index)).toEqual(Array.from({ length: 2 * count }, (_, i) => i));
    expect(examples[7001]).toEqual({ index: 7001, text: 'sentence 7001', pair: 'yes', label: 1 });
  });

  test.each(['UNCOMPRESSED', 'GZIP'] as const)('%s', async (codec) => {
    const bytes = parquet(two, { codec, compressors: { GZIP: (input) => gzipSync(input) } });
    expect(await loadRte(bytes)).toHaveLength(2);
  });

  test('a character is a character: byte order marks, white space, other scripts', async () => {
    const [example] = await loadRte(
      parquet([text('sentence1', '\uFEFF a\r\n b '), text('sentence2', '日本 😀'), labels(1), idx(0)]),
    );
    expect(example).toEqual({ index: 0, text: '\uFEFF a\r\n b ', pair: '日本 😀', label: 1 });
  });

  test('QQP: empty questions are skipped and counted, up to one in a thousand', async () => {
    const qqp = (count: number) => {
      const range = Array.from({ length: count }, (_, i) => i);
      const second = range.map((i) => (i === 3 ? '' : 'How?'));
      return parquet([
        text('question1', ...range.map(() => 'Why?')),
        text('question2', ...second),
        labels(...range.map(() => 1)),
        idx(...range),
      ]);
    };
    await write('qqp', 'train-00000-of-00001.parquet', qqp(1000));
    const { examples, torn } = await loadSplitWithCounts(glueTask('qqp'), data, 'train');
    expect([examples.length, torn, examples[3]!.index]).toEqual([999, 1, 4]);
    await write('qqp', 'train-00000-of-00001.parquet', qqp(999));
    await expect(loadSplit(glueTask('qqp'), data, 'train')).rejects.toThrow(
      /train-00000-of-00001\.parquet, column "question2", row 3: expected a sentence, found ""/,
    );
  });
});

describe('bad input', () => {
  const label = (data: Column['data'], type: NonNullable<Column['type']>): Column => ({ name: 'label', data, type });
  const huggingface = (names: string[]): Options => ({
    kvMetadata: [{ key: 'huggingface', value: JSON.stringify({ info: { features: { label: { names } } } }) }],
  });
  const cases: [string, () => Buffer, string | RegExp][] = [
    ['no label', () => parquet(without('label')), 'expected the columns sentence1, sentence2, label, idx, found sent'],
    [
      'text labels',
      () => parquet(without('label', text('label', 'entailment', 'x'))),
      'column "label": expected integers, found OPTIONAL BYTE_ARRAY UTF8',
    ],
    [
      'fractions for labels',
      () => parquet(without('label', label([0, 1], 'DOUBLE'))),
      'column "label": expected integers, found OPTIONAL DOUBLE',
    ],
    [
      'numbers for sentences',
      () => parquet(without('sentence2', { name: 'sentence2', data: [1, 2], type: 'DOUBLE' })),
      'column "sentence2": expected text, found OPTIONAL DOUBLE',
    ],
    [
      'bytes for sentences',
      () => parquet(without('sentence2', { name: 'sentence2', data: ['x', 'y'], type: 'BYTE_ARRAY' })),
      'column "sentence2": expected text',
    ],
    [
      'a hidden label',
      () => parquet(without('label', labels(0, -1))),
      'column "label", row 1: expected one of 0 (entailment), 1 (not_entailment), not the hidden label of a test file, found -1.',
    ],
    ['a label too many', () => parquet(without('label', labels(2, 0))), /column "label", row 0: .*, found 2\./],
    [
      'a label beyond doubles',
      () => parquet(without('label', label([0n, 2n ** 60n], 'INT64'))),
      'found 1152921504606846976',
    ],
    [
      'no label in a row',
      () => parquet(without('label', { ...label([0n, null], 'INT64'), nullable: true })),
      'column "label", row 1: expected one of 0 (entailment), 1 (not_entailment), found nothing.',
    ],
    [
      'an empty sentence',
      () => parquet(without('sentence1', text('sentence1', 'A', ' '))),
      'column "sentence1", row 1: expected a sentence, found " ".',
    ],
    [
      'no sentence in a row',
      () => parquet(without('sentence1', { ...text('sentence1', 'A'), data: ['A', null], nullable: true })),
      'column "sentence1", row 1: expected a sentence, found nothing.',
    ],
    [
      'an index twice',
      () => parquet(without('idx', idx(4, 4))),
      'column "idx", row 1: expected a number from 0 that no',
    ],
    ['an index below 0', () => parquet(without('idx', idx(-1, 0))), 'column "idx", row 0'],
    [
      'classes in another order',
      () => parquet(two, huggingface(['not_entailment', 'entailment'])),
      'expected the classes entailment, not_entailment in column "label", found not_entailment, entailment.',
    ],
    ['no rows', () => parquet(two.map((column) => ({ ...column, data: [] }))), 'has no examples'],
    ['an empty file', () => Buffer.alloc(0), 'does not begin and end with "PAR1"'],
    ['a TSV file', () => Buffer.from('index\tsentence1\tsentence2\tlabel\n'), 'does not begin and end with "PAR1"'],
    ['a cut file', () => parquet(two).subarray(0, 200), 'does not begin and end with "PAR1"'],
    [
      'a footer larger than the file',
      () => withFooterLength(parquet(two), 1e6),
      'its footer is said to have 1000000 bytes',
    ],
    ['a damaged footer', () => withFooterLength(parquet(two), 17), /rte.train-00000-of-00001\.parquet: /],
    [
      'bytes that are not UTF-8',
      () =>
        replaced(
          parquet(without('sentence1', text('sentence1', 'Caf~', 'C')), { codec: 'UNCOMPRESSED' }),
          'Caf~',
          'Caf\xe9',
        ),
      'column "sentence1", row 0: expected a sentence, found bytes that are not UTF-8.',
    ],
  ];
  test.each(cases)('%s', async (_, bytes, message) => {
    const error = await loadRte(bytes()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toMatch(join('rte', 'train-00000-of-00001.parquet'));
    if (typeof message === 'string') expect((error as DataError).message).toContain(message);
    else expect((error as DataError).message).toMatch(message);
  });

  test('classes in the right order, and a card that is no JSON, are fine', async () => {
    expect(await loadRte(parquet(two, huggingface(['entailment', 'not_entailment'])))).toHaveLength(2);
    expect(await loadRte(parquet(two, { kvMetadata: [{ key: 'huggingface', value: '{' }] }))).toHaveLength(2);
  });

  test.each([
    ['plain values', two],
    [
      'a dictionary',
      without('sentence2', text('sentence2', 'a long sentence that comes', 'a long sentence that comes')),
    ],
  ])('any damaged byte is a DataError or another value, %s', async (_, columns) => {
    const bytes = parquet(columns);
    const wanted = [
      ...['sentence1', 'sentence2'].map((name) => ({ name, kind: 'text' as const })),
      ...['label', 'idx'].map((name) => ({ name, kind: 'integer' as const })),
    ];
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0x00, 0x7f, 0xff]) {
        const damaged = Buffer.from(bytes);
        damaged[at] = value;
        const result = await readParquet(damaged, 'file', wanted).catch((thrown: unknown) => thrown);
        if (!(result instanceof DataError)) expect((result as ParquetTable).rows).toBe(2);
      }
    }
  });

  test('an incomplete set of files', async () => {
    await write('rte', 'train-00001-of-00003.parquet', parquet(two));
    await expect(loadSplit(glueTask('rte'), data, 'train')).rejects.toThrow(
      'expected the 3 files train-00000-of-00003.parquet to train-00002-of-00003.parquet and no other of this split',
    );
  });

  test('neither layout: the message names both places', async () => {
    const error = await loadSplit(glueTask('mnli'), data, 'dev_mismatched').catch((thrown: unknown) => thrown);
    expect((error as DataError).message).toContain(
      `Cannot read ${join(data, 'MNLI', 'dev_mismatched.tsv')}: there is no such file, and there is no ` +
        `${join(data, 'mnli', 'validation_mismatched-*.parquet')}. MNLI is read from the folder MNLI`,
    );
    expect((error as DataError).message).toContain('or from the folder mnli, in the layout of nyu-mll/glue');
  });
});

describe('which layout is read', () => {
  const tsv = 'index\tsentence1\tsentence2\tlabel\n0\tfrom\ttsv\tentailment\n';

  test('TSV goes before Parquet, split by split, and the hash tells them apart', async () => {
    const bytes = parquet(two);
    await write('rte', 'train-00000-of-00001.parquet', bytes);
    await write('rte', 'validation-00000-of-00001.parquet', bytes);
    const parquetHash = await dataSha256(glueTask('rte'), data);
    expect(parquetHash).toBe(
      createHash('sha256')
        .update(`rte/train-00000-of-00001.parquet\n${bytes.length}\n`)
        .update(bytes)
        .update(`rte/validation-00000-of-00001.parquet\n${bytes.length}\n`)
        .update(bytes)
        .digest('hex'),
    );

    await write('RTE', 'train.tsv', tsv);
    const load = async (split: SplitName) =>
      (await loadSplit(glueTask('rte'), data, split)).map((example) => example.text);
    expect([await load('train'), await load('dev')]).toEqual([['from'], ['A', 'C']]);
    const mixed = await dataSha256(glueTask('rte'), data);

    await write('RTE', 'dev.tsv', tsv);
    const both = await dataSha256(glueTask('rte'), data);
    await rm(join(data, 'rte'), { recursive: true });
    expect(await dataSha256(glueTask('rte'), data)).toBe(both);
    expect(new Set([parquetHash, mixed, both]).size).toBe(3);
  });
});

/** The file with another length of the footer written at its end. */
function withFooterLength(bytes: Buffer, length: number): Buffer {
  bytes.writeUInt32LE(length, bytes.length - 8);
  return bytes;
}

/** The file with characters replaced, one byte each. */
function replaced(bytes: Buffer, from: string, to: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');
}
