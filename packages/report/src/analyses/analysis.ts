import type { About, QuotedTable, TrialResult } from '@lomap/results';
import type { TopLevelSpec } from 'vega-lite';
import type { Layout } from '../charts/grid.ts';
import type { Comparison } from '../comparison.ts';
import type { Findings } from '../findings/findings.ts';
import type { Section, Table } from '../tables/table.ts';

/** Something that is asked of a sweep's results, and answered in tables, charts and words. */
export interface Analysis {
  /** Unique among the analyses. */
  readonly name: string;
  /** Null where the results have nothing of what is asked. */
  readonly of: (evidence: Evidence) => Analysed | null;
  /**
   * The trials that this analysis keeps to itself, such as those that were trained at every learning rate without any
   * being chosen: they are left out of `comparison`. Absent: none.
   */
  readonly keeps?: (given: Given) => readonly TrialResult[];
}

/** A sweep's results as they were read. */
export interface Given {
  readonly sweep: string;
  /** In any order: no table may depend on it. */
  readonly results: readonly TrialResult[];
  /** The settings whose difference is the sweep's question, and the trials that diverged. */
  readonly about: Pick<About, 'question' | 'diverged'>;
  /** Tables that others have published. Absent: none. */
  readonly quoted?: readonly QuotedTable[];
}

/** What analyses are made from: the results, and what several analyses read from them. */
export interface Evidence extends Given {
  /** The main trials that no analysis keeps to itself, compared; null without any. */
  readonly comparison: Comparison | null;
  /**
   * The same where scores may be compared; null also in a sweep of costs alone, in which scores would compare the luck of
   * one learning rate.
   */
  readonly scores: Comparison | null;
}

/** What an analysis has found. Names are file names without extension, each unique in a sweep. */
export interface Analysed {
  readonly tables: Readonly<Record<string, Table>>;
  /** A chart stands beside the table of the same name, or of its beginning up to a hyphen, or else the first table. */
  readonly charts: Readonly<Record<string, Drawing>>;
  /**
   * What it says in words: above its first table, unless that has findings of its own. Those of the first analysis that
   * has any are at the head of the sweep's page.
   */
  readonly findings?: Findings | undefined;
  /** Grids for the terminal, below the sweep's first table. */
  readonly summary?: readonly Section[];
  /** What a reader should look at, one sentence each. */
  readonly warnings?: readonly string[];
}

/** A chart as it is drawn in a layout, wide or narrow; null where there is nothing to draw. */
export type Drawing = (layout: Layout) => TopLevelSpec | null;
