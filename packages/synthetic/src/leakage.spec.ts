import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { pretrainingCorpus } from './corpus.ts';
import { glueTask } from '@lomap/glue';
import { SYNTHETIC_SUITE } from './frozen.ts';
import { generateFiles } from './generate.ts';
import { partOf } from './part.ts';
import { folderSha256 } from './suite.ts';
import { syntheticTasks } from './tasks/registry.ts';

const sentencesOf = (text: string): string[] => text.split(/(?<=[.?]) /);

/** Every task's files, made once. */
const files = syntheticTasks.map(({ name, splits }) => ({ ...glueTask(name), files: generateFiles({ name, splits }) }));

/** The sentences of the tasks' rows of train, or of all dev files. */
function taskSentences(part: 'train' | 'dev'): string[] {
  return files.flatMap(({ layout, files: own }) =>
    [...own]
      .filter(([name]) => name !== 'levels.tsv' && name.startsWith('train') === (part === 'train'))
      .flatMap(([, text]) => {
        const columns = [layout.text, layout.pair].flatMap((it) => (it === null ? [] : [layout.columns.indexOf(it)]));
        const rows = text
          .trimEnd()
          .split('\n')
          .slice(layout.header ? 1 : 0);
        return rows.flatMap((row) => {
          const cells = row.split('\t');
          return columns.flatMap((at) => sentencesOf(cells[at]!));
        });
      }),
  );
}

const common = (a: ReadonlySet<string>, b: ReadonlySet<string>): string[] => [...a].filter((it) => b.has(it));

test('version 1 is what was frozen, byte for byte', () => {
  const hashes = files.map(({ name, files: own }) => [name, folderSha256(own)]);
  expect(Object.fromEntries(hashes)).toEqual(SYNTHETIC_SUITE.sha256);
  const corpus = pretrainingCorpus({ split: 'train', sentences: 5000, seed: 0 });
  const hash = createHash('sha256')
    .update(corpus.map((text) => `${text}\n`).join(''))
    .digest('hex');
  expect(hash).toBe(SYNTHETIC_SUITE.corpusSha256);
});

test('no sentence of dev is in train, not even with its words in another order', () => {
  // Roles exchanged, and `A met B` for `B met A`, are the same bag of words.
  const bag = (sentence: string): string => (sentence.toLowerCase().match(/[a-z]+/g) ?? []).sort().join(' ');
  const [train, dev] = [new Set(taskSentences('train').map(bag)), new Set(taskSentences('dev').map(bag))];
  expect(dev.size).toBeGreaterThan(9000);
  expect(common(dev, train)).toEqual([]);
});

test('the corpora share no sentence with dev, nor with each other', () => {
  const texts = (split: 'train' | 'held-out', sentences: number) =>
    new Set(pretrainingCorpus({ split, sentences, seed: 1 }).flatMap(sentencesOf));
  const [train, heldOut, dev] = [texts('train', 20_000), texts('held-out', 2000), new Set(taskSentences('dev'))];
  expect(common(dev, train)).toEqual([]);
  expect(common(dev, heldOut)).toEqual([]);
  expect(common(heldOut, train)).toEqual([]);
});

test('a corpus is distinct texts that its options alone decide; a smaller one begins a larger one', () => {
  const texts = pretrainingCorpus({ split: 'train', sentences: 3000, seed: 7 });
  expect(new Set(texts).size).toBe(3000);
  expect(pretrainingCorpus({ split: 'train', sentences: 100, seed: 7 })).toEqual(texts.slice(0, 100));
  expect(pretrainingCorpus({ split: 'train', sentences: 100, seed: 8 })).not.toEqual(texts.slice(0, 100));
  expect(() => pretrainingCorpus({ split: 'train', sentences: -1, seed: 7 })).toThrow(RangeError);
  expect(() => pretrainingCorpus({ split: 'train', sentences: 1, seed: 0.5 })).toThrow(
    'A seed is an integer, not 0.5.',
  );
});

test('of eight keys one is dev’s, one is held out and six are train’s', () => {
  const parts = Array.from({ length: 8000 }, (_, i) => partOf(`key ${i}`));
  const count = (part: string): number => parts.filter((it) => it === part).length;
  // Standard deviation 30.
  expect(Math.abs(count('dev') - 1000)).toBeLessThan(120);
  expect(Math.abs(count('held-out') - 1000)).toBeLessThan(120);
});
