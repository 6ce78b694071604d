import { smallerIsBetter } from '../readings.ts';
/** A table ready to be written: every form, md, csv and tex, is made from this one. */
export interface Table {
  readonly title: string;
  /** What a reader sees in md and tex, one grid after another. */
  readonly sections: readonly Section[];
  /** The same numbers in full, one record a line: csv. */
  readonly records: { readonly columns: readonly string[]; readonly rows: readonly (readonly Field[])[] };
  /** What the numbers say in words, a line each; in md, on the terminal and in the HTML page, above the grids. */
  readonly findings?: readonly string[];
  /** Below them: what may be said of each comparison, a row each. */
  readonly verdicts?: Section | undefined;
  readonly notes: readonly string[];
  /**
   * What differs between the rows besides their methods, a line each: in md and on a terminal above everything else,
   * elsewhere among the findings and notes, which repeat it.
   */
  readonly protocols?: readonly string[];
}

/** The table for a form that has all of it: its findings without what stands above them, its notes without either. */
export function withoutRepeats(table: Table): Table {
  const { protocols = [], findings = [] } = table;
  return {
    ...table,
    findings: findings.filter((line) => !protocols.includes(line)),
    notes: table.notes.filter((line) => !protocols.includes(line) && !findings.includes(line)),
  };
}

export type Field = string | number | null;

export interface Section {
  /** What the grid is called in file names and labels (`endpoint`); the first one, or one without, by the table alone. */
  readonly name?: string;
  readonly caption: string;
  /** Where the best number is looked for among columns that have one: in each column when absent, or in each row. */
  readonly bestOf?: 'row';
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** That the highest or the lowest number is the best one, to be marked; absent where none is better than another. */
  readonly best?: 'highest' | 'lowest';
  /** That it is about the column before it, from which it is not to be parted. */
  readonly ofPrevious?: boolean;
}

export function left(title: string): Column {
  return { title, align: 'left' };
}

export function right(title: string): Column {
  return { title, align: 'right' };
}

/** A column of scores by a metric, which says whether the higher or the lower is the better. */
export function score(title: string, metric: string): Column {
  return { title, align: 'right', best: smallerIsBetter(metric) ? 'lowest' : 'highest' };
}
