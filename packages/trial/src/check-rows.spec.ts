import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { taskNamed } from '@lomap/data';
import { loadTokenizer, ModelError, specialTokens, writeWordPiece, type Tokenizer } from '@lomap/models';
import { checkRows } from './check-rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-check-rows-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const vocabulary = [...specialTokens, 'a', 'b', 'rare'];
let tokenizer: Tokenizer;

beforeAll(async () => {
  await writeWordPiece(join(folder, 'model'), vocabulary, 16);
  tokenizer = loadTokenizer(join(folder, 'model'));
  const rows = (name: string, header: string, lines: string[]) => {
    mkdirSync(join(folder, 'data', name), { recursive: true });
    for (const split of ['train', 'dev']) {
      const last = split === 'dev' ? lines : lines.slice(0, 1);
      writeFileSync(join(folder, 'data', name, `${split}.tsv`), `${header}${last.join('\n')}\n`);
    }
  };
  rows('SST-2', 'sentence\tlabel\n', ['a b\t1', 'b a\t0', 'a a a a a rare\t1']);
  rows('CoLA', '', ['x\t1\t\ta b', 'x\t0\t*\trare a']);
  rows('RTE', 'index\tsentence1\tsentence2\tlabel\n', ['0\ta\tb\tentailment', '1\tb\ta\tnot_entailment']);
});

const sizes = { vocabularySize: vocabulary.length, tokenTypes: 2, maxPositions: 16 };
const check = (name: string, changes: Partial<typeof sizes>, maxLength = 16) =>
  checkRows(taskNamed(name), join(folder, 'data'), tokenizer, { ...sizes, ...changes }, maxLength);

test('a token that one dev row has and the embedding lacks: its file and line', async () => {
  const checked = check('sst2', { vocabularySize: 7 });
  await expect(checked).rejects.toThrow(ModelError);
  await expect(checked).rejects.toThrow(
    /SST-2[\\/]dev\.tsv, line 4: the token "rare" has the id 7 in .*model, .*has 7 rows/,
  );
  await expect(check('cola', { vocabularySize: 7 })).rejects.toThrow(/CoLA[\\/]dev\.tsv, line 2: the token "rare"/);
});

test('none where it is cut off, or where no row has it', async () => {
  await check('sst2', { vocabularySize: 7 }, 7);
  await check('rte', { vocabularySize: 7 });
});

test('a pair for a model that knows one segment; single texts are fine', async () => {
  await expect(check('rte', { tokenTypes: 1 })).rejects.toThrow(
    /RTE[\\/]train\.tsv, line 2: .* segment 1 .* has 1 rows/,
  );
  await check('sst2', { tokenTypes: 1 });
});

test('a checkpoint that can index all of it has no row read', async () => {
  await checkRows(taskNamed('sst2'), join(folder, 'nowhere'), tokenizer, sizes, 16);
});
