/** A few tasks of GLUE in their official layouts, with sentences made up here from two dozen words. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { key, uniform } from '@lomap/compile';

const nouns = ['gardener', 'pilot', 'baker', 'robot', 'heron', 'painter'];
const verbs = ['greets', 'follows', 'draws', 'hears', 'visits', 'forgets'];
const adjectives = ['quiet', 'old', 'green', 'clever', 'tired', 'small'];

const TRAIN_ROWS = 60;
export const DEV_ROWS = 18;

/** Every word of the sentences. */
export const words = ['the', 'a', '.', ...nouns, ...verbs, ...adjectives];

/** One made-up row: two sentences that differ by 0, 1 or 2 words, and how many. */
interface Row {
  readonly first: string;
  readonly second: string;
  readonly differences: number;
}

function rows(seed: string, count: number): Row[] {
  const draws = uniform(key(3, seed), count * 6);
  return Array.from({ length: count }, (_, row) => {
    let next = row * 6;
    const pick = <T>(list: readonly T[]): T => list[Math.floor(draws[next++]! * list.length)]!;
    const differences = pick([0, 1, 2]);
    const [who, does, how, whom, shift] = [pick(nouns), pick(verbs), pick(adjectives), pick(nouns), pick([1, 2, 3])];
    const other = (list: readonly string[], word: string): string => list[(list.indexOf(word) + shift) % list.length]!;
    return {
      first: `The ${how} ${who} ${does} a ${whom}.`,
      second: `The ${differences > 1 ? other(adjectives, how) : how} ${who} ${differences > 0 ? other(verbs, does) : does} a ${whom}.`,
      differences,
    };
  });
}

/** How a task's file is made of rows: header or none, and the cells of one row. */
const layouts: Readonly<
  Record<string, { header: readonly string[] | null; cells: (row: Row, i: number) => string[] }>
> = {
  RTE: {
    header: ['index', 'sentence1', 'sentence2', 'label'],
    cells: ({ first, second, differences }, i) => [
      String(i),
      first,
      second,
      differences === 0 ? 'entailment' : 'not_entailment',
    ],
  },
  MRPC: {
    header: ['Quality', '#1 ID', '#2 ID', '#1 String', '#2 String'],
    cells: ({ first, second, differences }, i) => [differences < 2 ? '1' : '0', `${i}1`, `${i}2`, first, second],
  },
  'STS-B': {
    header: [
      ...['index', 'genre', 'filename', 'year', 'old_index', 'source1', 'source2'],
      ...['sentence1', 'sentence2', 'score'],
    ],
    cells: ({ first, second, differences }, i) => [
      ...[String(i), 'made-up', 'none', '2000', '0', 'none', 'none'],
      ...[first, second, (5 - 2 * differences).toFixed(3)],
    ],
  },
  CoLA: {
    header: null,
    cells: ({ second, differences }) => ['made', differences < 2 ? '1' : '0', differences < 2 ? '' : '*', second],
  },
};

/** Writes `<folder>/<task>/train.tsv` and `dev.tsv` of every task here. Returns the folder. */
export function writeTinyGlue(folder: string, devRows = DEV_ROWS): string {
  for (const [task, { header, cells }] of Object.entries(layouts)) {
    mkdirSync(join(folder, task), { recursive: true });
    for (const [split, count] of [
      ['train', TRAIN_ROWS],
      ['dev', devRows],
    ] as const) {
      const lines = rows(`${task} ${split}`, count).map((row, i) => cells(row, i).join('\t'));
      writeFileSync(
        join(folder, task, `${split}.tsv`),
        [...(header ? [header.join('\t')] : []), ...lines, ''].join('\n'),
      );
    }
  }
  return folder;
}
