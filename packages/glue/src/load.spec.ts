import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DataError } from '@lomap/tasks';
import { dataSha256 } from './files.ts';
import { loadSplit, loadSplitWithCounts } from './load.ts';
import type { ReadSplit } from './rules.ts';
import type { SplitName } from './task.ts';
import { glueTask } from './tasks.ts';

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'lomap-glue-'));
});
afterEach(() => rm(data, { recursive: true }));

async function write(name: string, split: SplitName, content: string | Buffer): Promise<void> {
  await mkdir(join(data, glueTask(name).folder), { recursive: true });
  await writeFile(join(data, glueTask(name).folder, `${split}.tsv`), content);
}

/** Loads a split that holds this. */
async function load(name: string, content: string | Buffer, split: SplitName = 'train'): Promise<ReadSplit> {
  await write(name, split, content);
  return loadSplitWithCounts(glueTask(name), data, split);
}

const tsv = (...rows: string[][]) => rows.map((cells) => `${cells.join('\t')}\n`).join('');
const rteHeader = ['index', 'sentence1', 'sentence2', 'label'];
const qqpHeader = ['id', 'qid1', 'qid2', 'question1', 'question2', 'is_duplicate'];
const mnliHeader = (annotators: number) => [
  ...['index', 'promptID', 'pairID', 'genre', 'sentence1_binary_parse', 'sentence2_binary_parse'],
  ...['sentence1_parse', 'sentence2_parse', 'sentence1', 'sentence2'],
  ...Array.from({ length: annotators }, (_, i) => `label${i + 1}`),
  'gold_label',
];
const mnliRow = (annotators: number, sentence1: string, sentence2: string, label: string) => [
  ...Array<string>(8).fill(''),
  ...[sentence1, sentence2, ...Array<string>(annotators).fill(''), label],
];

describe('layouts', () => {
  test('CoLA has no header, and its last line may have no end', async () => {
    expect((await load('cola', 'x1\t1\t\tBirds fly.\nx2\t0\t*\tFly birds the.')).examples).toEqual([
      { index: 0, text: 'Birds fly.', pair: null, label: 1 },
      { index: 1, text: 'Fly birds the.', pair: null, label: 0 },
    ]);
  });

  test('SST-2 keeps the space at the end of a sentence', async () => {
    const { examples } = await load('sst2', tsv(['sentence', 'label'], ['a joy ', '1']));
    expect(examples).toEqual([{ index: 0, text: 'a joy ', pair: null, label: 1 }]);
  });

  test('MRPC begins with a byte order mark, and quotes are characters', async () => {
    const header = ['\uFEFFQuality', '#1 ID', '#2 ID', '#1 String', '#2 String'];
    const { examples } = await load('mrpc', tsv(header, ['1', '', '', '" Yes , he said .', 'He said " yes " .']));
    expect(examples).toEqual([{ index: 0, text: '" Yes , he said .', pair: 'He said " yes " .', label: 1 }]);
  });

  test('STS-B has numbers for labels', async () => {
    const header = 'index genre filename year old_index source1 source2 sentence1 sentence2 score'.split(' ');
    const row = (score: string) => [...Array<string>(7).fill('none'), 'A cat sits.', 'A cat stands.', score];
    const { examples } = await load('stsb', tsv(header, row('0'), row('2.533'), row('5.000')));
    expect(examples.map(({ label }) => label)).toEqual([0, 2.533, 5]);
  });

  test.each([
    ['rte', rteHeader],
    ['qnli', ['index', 'question', 'sentence', 'label']],
  ])('%s: entailment is 0, not_entailment 1; the index may be empty', async (name, header) => {
    const { examples } = await load(name, tsv(header, ['', 'A', 'B', 'not_entailment'], ['9', 'C', 'D', 'entailment']));
    expect(examples).toEqual([
      { index: 0, text: 'A', pair: 'B', label: 1 },
      { index: 1, text: 'C', pair: 'D', label: 0 },
    ]);
  });

  test('WNLI', async () => {
    const { examples } = await load('wnli', tsv(rteHeader, ['0', 'It fell.', 'The cup fell.', '1']), 'dev');
    expect(examples).toEqual([{ index: 0, text: 'It fell.', pair: 'The cup fell.', label: 1 }]);
  });

  test('QQP', async () => {
    const { examples, torn } = await load('qqp', tsv(qqpHeader, ['7', '1', '2', 'Why "x"?', 'Why?', '0']));
    expect(examples).toEqual([{ index: 0, text: 'Why "x"?', pair: 'Why?', label: 0 }]);
    expect(torn).toBe(0);
  });

  test.each([
    ['train', 1],
    ['dev_matched', 5],
    ['dev_mismatched', 5],
  ] as const)('MNLI %s has %i annotators; rows without agreement are counted', async (split, annotators) => {
    const rows = ['entailment', 'neutral', '-', 'contradiction'].map((label) => mnliRow(annotators, 'A', 'B', label));
    const { examples, withoutLabel } = await load('mnli', tsv(mnliHeader(annotators), ...rows), split);
    expect(examples.map(({ index, label }) => [index, label])).toEqual([
      [0, 0],
      [1, 1],
      [3, 2],
    ]);
    expect(withoutLabel).toBe(1);
  });

  test('CRLF ends a line too, but a carriage return inside one does not', async () => {
    const content = tsv(rteHeader, ['0', 'A\rB', 'C\u2028D\u0085E', 'entailment']).replaceAll('\n', '\r\n');
    expect((await load('rte', content)).examples).toEqual([
      { index: 0, text: 'A\rB', pair: 'C\u2028D\u0085E', label: 0 },
    ]);
  });
});

describe('bad input', () => {
  const good = ['0', 'A', 'B', 'entailment'];
  const cases: [string, string, string | Buffer, string][] = [
    [
      'too few columns',
      'rte',
      tsv(rteHeader, good, ['1', 'A', 'B']),
      ', line 3: expected 4 tab-separated columns (index, sentence1, sentence2, label), found 3.',
    ],
    [
      'too many columns',
      'rte',
      tsv(rteHeader, [...good, 'x']),
      ', line 2: expected 4 tab-separated columns (index, sentence1, sentence2, label), found 5.',
    ],
    [
      'an empty line',
      'rte',
      tsv(rteHeader, good, [''], good),
      ', line 3: expected 4 tab-separated columns (index, sentence1, sentence2, label), found an empty line.',
    ],
    [
      'columns of CoLA',
      'cola',
      'x\t1\tGood.\n',
      ', line 1: expected 4 tab-separated columns (source, label, star, sentence), found 3.',
    ],
    [
      'a label of another task',
      'rte',
      tsv(rteHeader, ['0', 'A', 'B', 'neutral']),
      ', line 2: expected one of entailment, not_entailment in column "label", found "neutral".',
    ],
    ['a label in other letters', 'rte', tsv(rteHeader, ['0', 'A', 'B', 'Entailment']), 'found "Entailment".'],
    ['a hidden label', 'cola', 'x\t\t\tGood.\n', ', line 1: expected one of 0, 1 in column "label", found "".'],
    ['a dash outside MNLI', 'rte', tsv(rteHeader, ['0', 'A', 'B', '-']), 'found "-".'],
    [
      'an empty sentence',
      'rte',
      tsv(rteHeader, ['0', 'A', ' ', 'entailment']),
      ', line 2: expected a sentence in column "sentence2", found nothing.',
    ],
    [
      'no header',
      'rte',
      tsv(good),
      `, line 1: expected RTE's header (index, sentence1, sentence2, label), found no column "sentence1".`,
    ],
    [
      'a header only',
      'rte',
      tsv(rteHeader),
      ' has no examples. Expected rows of index, sentence1, sentence2, label with a label.',
    ],
    ['an empty file', 'rte', '', ' is empty. Expected tab-separated rows.'],
    ['a byte order mark only', 'rte', '\uFEFF', ' has no examples.'],
    [
      'Latin-1',
      'rte',
      Buffer.from(tsv(rteHeader, good, ['1', 'Caf\u00e9', 'B', 'entailment']), 'latin1'),
      ', line 3: expected UTF-8, found other bytes.',
    ],
    ['a cut-off UTF-8 sequence', 'cola', Buffer.from([0x78, 0xc3]), ', line 1: expected UTF-8'],
  ];
  test.each(cases)('%s', async (_, name, content, message) => {
    const error = await load(name, content).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toContain(
      `${join(data, glueTask(name).folder, 'train.tsv')}${message.startsWith('found') ? '' : message}`,
    );
    expect((error as DataError).message).toContain(message);
  });

  test.each(['5.1', '-0.1', 'high', '', 'NaN', '0x3', '1e9', ' '])('STS-B score "%s"', async (score) => {
    const header = 'index genre filename year old_index source1 source2 sentence1 sentence2 score'.split(' ');
    const row = [...Array<string>(7).fill(''), 'A', 'B', score];
    await expect(load('stsb', tsv(header, row))).rejects.toThrow(
      `line 2: expected a number from 0 to 5 in column "score", found "${score}".`,
    );
  });

  test('only rows without agreement', async () => {
    await expect(load('mnli', tsv(mnliHeader(1), mnliRow(1, 'A', 'B', '-')))).rejects.toThrow('has no examples');
  });

  test('a missing data folder, task folder or file, or a folder in its place', async () => {
    const rte = glueTask('rte');
    const layout = /RTE is read from the folder RTE of the data folder.*RTE\/train\.tsv, RTE\/dev\.tsv/;
    await expect(loadSplit(rte, join(data, 'nowhere'), 'train')).rejects.toThrow(layout);
    await expect(loadSplit(rte, data, 'train')).rejects.toThrow(layout);
    await mkdir(join(data, 'RTE', 'train.tsv'), { recursive: true });
    await expect(loadSplit(rte, data, 'train')).rejects.toThrow('it is a folder');
    await expect(loadSplit(rte, data, 'dev')).rejects.toThrow('there is no such file');
    await expect(loadSplit(rte, data, 'dev')).rejects.toThrow(DataError);
  });

  test('a split of another task', async () => {
    await expect(loadSplit(glueTask('mnli'), data, 'dev')).rejects.toThrow(
      'MNLI has no split "dev". Its splits are train, dev_matched, dev_mismatched.',
    );
  });
});

describe('QQP, whose release has torn rows', () => {
  const good = (index: number) => [String(index), '', '', 'Why?', 'How?', '1'];
  const torn = [
    ['8', '1', '2', 'Is it true that'],
    ['"', 'it is?', '0'],
    ['9', '1', '2', 'Why?', '', '0'],
  ];

  test('skips and counts up to one in a thousand', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => torn[i - 10] ?? good(i));
    const { examples, torn: count } = await load('qqp', tsv(qqpHeader, ...rows));
    expect(count).toBe(3);
    expect(examples).toHaveLength(2997);
    expect(examples.slice(9, 11).map(({ index }) => index)).toEqual([9, 13]);
  });

  test('refuses more, naming the first', async () => {
    const rows = Array.from({ length: 2999 }, (_, i) => torn[i - 10] ?? good(i));
    await expect(load('qqp', tsv(qqpHeader, ...rows))).rejects.toThrow(
      `line 12: expected 6 tab-separated columns (${qqpHeader.join(', ')}), found 4.`,
    );
  });

  test('refuses a row with too many columns, or an unknown label, at once', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => good(i));
    await expect(load('qqp', tsv(qqpHeader, ...rows, [...good(1), 'x']))).rejects.toThrow('line 3002: expected 6');
    await expect(load('qqp', tsv(qqpHeader, ...rows, ['', '', '', 'A', 'B', '2']))).rejects.toThrow('found "2"');
  });
});

describe('dataSha256', () => {
  test('depends on every byte of every file and on which file it is in', async () => {
    const hashOf = async (train: string, dev: string) => {
      await write('rte', 'train', train);
      await write('rte', 'dev', dev);
      return dataSha256(glueTask('rte'), data);
    };
    const hashes = [await hashOf('ab', 'c'), await hashOf('a', 'bc'), await hashOf('c', 'ab'), await hashOf('ab', 'd')];
    expect(new Set(hashes).size).toBe(4);
    expect(await hashOf('ab', 'c')).toBe(hashes[0]);
    // printf 'RTE/train.tsv\n2\nabRTE/dev.tsv\n1\nc' | sha256sum
    expect(hashes[0]).toBe('77eac018ad8fca7548387abd80633275c049d79e567e77e47e32006edae7294a');
  });

  test('needs every file', async () => {
    await write('mnli', 'train', 'x');
    await write('mnli', 'dev_matched', 'x');
    await expect(dataSha256(glueTask('mnli'), data)).rejects.toThrow(/dev_mismatched\.tsv: there is no such file/);
  });
});
