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
  /**
   * What differs between the rows besides their methods, a line each: in md and on a terminal above everything else,
   * elsewhere among the findings and notes, which repeat it.
   */
  readonly protocols?: readonly string[];
}

/** The table with every line of its findings and notes that stands at its top left out of them. */
export function withoutRepeats(table: Table): Table {
  const top = new Set(table.protocols ?? []);
  const rest = (lines: readonly string[]) => lines.filter((line) => !top.has(line));
  return { ...table, findings: rest(table.findings ?? []), notes: rest(table.notes) };
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
