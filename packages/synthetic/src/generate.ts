/** The suite's files, in memory. */
import { glueTask, type SplitName } from '@lomap/glue';
import { drawOf } from './random.ts';
import type { SyntheticSplit, SyntheticTask } from './tasks/registry.ts';
import { ROWS_PER_LEVEL } from './tasks/registry.ts';
import { collect, type Level, levels, type Row } from './tasks/rows.ts';

/** What the suite is called, and which of its versions this is: part of every key that its choices follow from. */
export const SUITE = { name: 'synthetic', version: 1 } as const;

/** A row and its level. */
export interface LevelledRow extends Row {
  readonly level: Level;
}

/** A split's rows in the file's order: the levels mixed, and the rows of a set apart. */
export function generateSplit(name: string, { split, make }: SyntheticSplit): LevelledRow[] {
  const part = split === 'train' ? 'train' : 'dev';
  const rows = levels.flatMap((level) => {
    const draw = drawOf(SUITE.name, SUITE.version, name, split, level);
    return collect(make, ROWS_PER_LEVEL[part], { draw, part, level }).map((row): LevelledRow => ({ ...row, level }));
  });
  const draw = drawOf(SUITE.name, SUITE.version, name, split, 'order');
  for (let i = rows.length - 1; i > 0; i--) {
    const j = draw.int(i + 1);
    [rows[i], rows[j]] = [rows[j]!, rows[i]!];
  }
  return rows;
}

/** The files of a task's folder by name: the splits in GLUE's layout, and `levels.tsv`. */
export function generateFiles({ name, splits }: SyntheticTask): Map<string, string> {
  const files = new Map<string, string>();
  const sidecar = [['split', 'index', 'level'].join('\t')];
  for (const split of splits) {
    const rows = generateSplit(name, split);
    files.set(`${split.split}.tsv`, splitFileText(name, split.split, rows));
    sidecar.push(...rows.map(({ level }, index) => [split.split, index, level].join('\t')));
  }
  return files.set('levels.tsv', lines(sidecar));
}

/** Cells that no loader reads hold what tells a reader where the row is from. */
function splitFileText(name: string, split: SplitName, rows: readonly LevelledRow[]): string {
  const { layout } = glueTask(name);
  const text = rows.map((row, index) =>
    layout.columns
      .map((column) => {
        if (column === layout.text) return row.text;
        if (column === layout.pair) return row.pair;
        // A file with several labels a row repeats the one that counts.
        if (column === layout.label || column === 'label1') return row.label;
        if (column === 'star') return row.label === '0' ? '*' : '';
        if (column === 'source' || column === 'genre') return SUITE.name;
        return `${split}-${index}`;
      })
      .join('\t'),
  );
  return lines(layout.header ? [layout.columns.join('\t'), ...text] : text);
}

function lines(list: readonly string[]): string {
  return `${list.join('\n')}\n`;
}
