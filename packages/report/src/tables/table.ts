/** A table ready to be written: every form, md, csv and tex, is made from this one. */
export interface Table {
  readonly title: string;
  /** What a reader sees in md and tex, one grid after another. */
  readonly sections: readonly Section[];
  /** The same numbers in full, one record a line: csv. */
  readonly records: { readonly columns: readonly string[]; readonly rows: readonly (readonly Field[])[] };
  /** What the numbers say in words, a line each; in md and in the HTML page, above the grids. */
  readonly findings?: readonly string[];
  readonly notes: readonly string[];
}

export type Field = string | number | null;

export interface Section {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

export function left(title: string): Column {
  return { title, align: 'left' };
}

export function right(title: string): Column {
  return { title, align: 'right' };
}
