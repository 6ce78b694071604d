import { NOTHING_ABOUT, type TrialResult } from '@lomap/results';
import type { TopLevelSpec } from 'vega-lite';
import type { Analysed, Given } from './analyses/analysis.ts';
import { evidenceOf } from './analyses/evidence.ts';
import { analyses } from './registry.ts';
import { ReportError } from './error.ts';
import { findingsText, verdictsGrid, type Findings } from './findings/findings.ts';
import type { Table } from './tables/table.ts';
import { text } from './tables/text.ts';

/** What is to be written of one sweep, by file name without extension. */
export interface SweepReport {
  readonly tables: ReadonlyMap<string, Table>;
  readonly charts: ReadonlyMap<string, TopLevelSpec>;
  /** The same charts with one panel a line, for narrow screens. */
  readonly narrowCharts: ReadonlyMap<string, TopLevelSpec>;
  /** The analyses that found something, each with the names of its tables and charts, in the order of a page. */
  readonly parts: readonly ReportPart[];
  /** What the first analysis with findings says in words; null where none has. */
  readonly findings: Findings | null;
  /** For a terminal: the first grid of the table that belongs to the findings, and what analyses put below it. */
  readonly summary: string | null;
  readonly warnings: readonly string[];
}

export interface ReportPart {
  readonly analysis: string;
  readonly tables: readonly string[];
  readonly charts: readonly string[];
}

/** What the analysis of this name made. */
interface Made extends Analysed {
  readonly analysis: string;
}

/**
 * The tables and charts of a sweep's results: what each analysis has to say of them.
 *
 * Throws a ReportError for a table or chart whose name is no file's or another's.
 */
export function sweepReport(
  sweep: string,
  results: readonly TrialResult[],
  about: Given['about'] = NOTHING_ABOUT,
  quoted: NonNullable<Given['quoted']> = [],
): SweepReport {
  const all = analyses();
  const evidence = evidenceOf({ sweep, results, about, quoted }, all);
  const made = all.flatMap(({ name, of }): Made[] => {
    const analysed = of(evidence);
    return analysed === null ? [] : [{ analysis: name, ...analysed }];
  });
  checkNames(made, 'tables');
  checkNames(made, 'charts');
  const drawn = (abreast?: number) =>
    new Map(
      made.flatMap(({ charts }) =>
        Object.entries(charts).flatMap(([name, draw]) => {
          const spec = draw(abreast === undefined ? {} : { abreast });
          return spec === null ? [] : [[name, spec] as const];
        }),
      ),
    );
  const [tables, charts] = [new Map(made.flatMap(tablesOf)), drawn()];
  const telling = made.find(({ findings }) => findings !== undefined);
  const first = [...Object.keys(telling?.tables ?? {}), ...tables.keys()].map((name) => tables.get(name)!)[0];
  return {
    ...{ tables, charts, narrowCharts: drawn(1) },
    parts: made.map(({ analysis, ...own }) => ({
      analysis,
      tables: Object.keys(own.tables),
      charts: Object.keys(own.charts).filter((name) => charts.has(name)),
    })),
    findings: telling?.findings ?? null,
    summary:
      first === undefined
        ? null
        : text(
            first,
            made.flatMap(({ summary = [] }) => summary),
          ),
    warnings: [...(evidence.comparison?.warnings ?? []), ...made.flatMap(({ warnings = [] }) => warnings)],
  };
}

/** An analysis' tables by name, the first with its findings. */
function tablesOf({ tables, findings }: Analysed): (readonly [string, Table])[] {
  return Object.entries(tables).map(([name, table], i) => [
    name,
    i === 0 && findings !== undefined
      ? {
          findings: findingsText(findings),
          verdicts: verdictsGrid(findings.rows),
          ...table,
        }
      : table,
  ]);
}

/** Names become files' names, labels and anchors. */
function checkNames(made: readonly Made[], kind: 'tables' | 'charts'): void {
  const owners = new Map<string, string>();
  for (const { analysis, [kind]: own } of made) {
    for (const name of Object.keys(own)) {
      const what = `The analysis "${analysis}" has ${kind} named "${name}"`;
      if (!/^\w[\w.+-]*$/.test(name))
        throw new ReportError(`${what}: expected letters, digits and . + - _, as it becomes the name of a file.`);
      const other = owners.get(name);
      if (other !== undefined)
        throw new ReportError(`${what}, and so has "${other}". Give one of the two another name.`);
      owners.set(name, analysis);
    }
  }
}
