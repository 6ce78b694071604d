import type { TrialResult } from '@lomap/results';
import { compareResults } from '../comparison.ts';
import { findingsText } from '../findings/findings.ts';
import { syntheticText } from '../notes/synthetic.ts';
import type { SweepReport } from '../sweep-report.ts';
import { besideFile } from './beside.ts';
import { chartDataPart, chartFigure, type PageChart } from './charts.ts';
import { DARK } from './dark.ts';
import { findingsBlock } from './findings.ts';
import { pageHead } from './head.ts';
import { markup, json, NO_HTML, type Html } from './html.ts';
import { licencesSection } from './licences.ts';
import { provenanceSection } from './provenance.ts';
import { bar, shell } from './shell.ts';
import { tableBlock } from './tables.ts';
import { topicsOf, type Topic } from './topics.ts';
import { trialFiles, trialsSection } from './trials.ts';
import { counted } from '../tables/numbers.ts';

/** What a page is made of. */
export interface PageContent {
  readonly sweep: string;
  /** What the sweep's file says of it, if known. */
  readonly description?: string | undefined;
  readonly results: readonly TrialResult[];
  readonly report: SweepReport;
  /** The charts' drawings by name, as SVG; their pictures lie beside the page, `charts/<name>.png`. */
  readonly drawings: ReadonlyMap<string, string>;
  /** How many results could not be read. */
  readonly unreadable: number;
  /** The page of all sweeps, seen from this one; null if there is none. */
  readonly frontPage?: string | null;
}

/** A page, and the files of the folder `report` beside it, by name, that hold what it loads when it is asked for. */
export interface Page {
  readonly html: string;
  readonly beside: ReadonlyMap<string, string>;
}

/**
 * The sweep as a page that opens from disk without a network: first the chart and the findings, then the tables, then,
 * folded, every trial, settings and provenance. The same content gives the same bytes, whatever the order of the
 * results. Everything that comes from results is escaped.
 */
export function page({ sweep, description, results, report, drawings, unreadable, frontPage }: PageContent): Page {
  const ordered = [...results].sort((a, b) =>
    a.trial.purpose < b.trial.purpose ? -1 : a.trial.purpose > b.trial.purpose ? 1 : compareResults(a, b),
  );
  const synthetic = syntheticText(results);
  const told = report.findings === null ? [] : findingsText(report.findings);
  const charts = new Map([...report.charts].map(([name, wide]) => [name, chartOf(name, report, drawings, wide)]));
  const figures = new Map([...charts].map(([name, chart]) => [name, chartFigure(chart)]));
  const topics = topicsOf(report);
  const [first] = topics[0]?.charts ?? [];
  const warnings = [
    ...report.warnings,
    ...(unreadable === 0
      ? []
      : [
          `${counted(unreadable, 'result')} could not be read, and the report is made without; the command says which.`,
        ]),
  ];
  const html = shell({
    kind: 'sweep',
    title: `${sweep} – LoMAP sweep report`,
    skip: 'Skip to the result',
    header: pageHead({ sweep, description, results: ordered, synthetic, frontPage: frontPage ?? null }),
    bar: bar([
      ['result', 'Result'],
      ...topics.map(({ name, title }) => [`topic-${name}`, title] as const),
      ['trials', 'Trials'],
      ['provenance', 'Settings and provenance'],
    ]),
    main: markup`<section id="result" class="result" aria-labelledby="result-title">
        <h2 id="result-title" class="hidden-text">Result</h2>
        ${first === undefined ? NO_HTML : figures.get(first)!} ${findingsBlock(report.findings, synthetic)}
      </section>
      ${warningsBox(warnings)} ${topics.map((topic, i) => topicSection(topic, figures, { first, told, open: i === 0 }))}
      ${trialsSection(ordered)} ${provenanceSection(ordered)}
      <script type="application/json" id="dark-colours">
        ${json(DARK)}
      </script>`,
    footer: licencesSection(['vega', 'vega-lite', 'vega-embed']),
  });
  const dataOfCharts = new Map([...charts].map(([name, chart]) => [name, chartDataPart(chart)]));
  return {
    html,
    beside: new Map([
      ...(charts.size === 0 ? [] : [['charts.js', besideFile('charts', dataOfCharts)] as const]),
      ...trialFiles(ordered),
    ]),
  };
}

function chartOf(
  name: string,
  { narrowCharts }: SweepReport,
  drawings: ReadonlyMap<string, string>,
  wide: PageChart['wide'],
): PageChart {
  return { name, wide, narrow: narrowCharts.get(name) ?? wide, svg: drawings.get(name) ?? '' };
}

/** A table with its charts: the first one, which is what was asked, open; further ones behind their charts. */
function topicSection(
  { name, title, table, charts }: Topic,
  figures: ReadonlyMap<string, Html>,
  page: { readonly first: string | undefined; readonly told: readonly string[]; readonly open: boolean },
): Html {
  const shown = charts.filter((chart) => chart !== page.first).map((chart) => figures.get(chart)!);
  const content = table === null ? null : tableBlock(name, table, page.told);
  return markup`<section id="topic-${name}" aria-labelledby="topic-${name}-title">
    <h2 id="topic-${name}-title">${title}</h2>
    ${
      page.open || content === null
        ? [content ?? NO_HTML, ...shown]
        : [
            ...shown,
            markup`<details class="fold">
              <summary>Table: ${title}</summary>
              ${content}
            </details>`,
          ]
    }
  </section>`;
}

function warningsBox(warnings: readonly string[]): Html {
  if (warnings.length === 0) return NO_HTML;
  return markup`<section aria-labelledby="warnings-title">
    <h2 id="warnings-title">Warnings</h2>
    <ul class="notes">
      ${warnings.map((warning) => markup`<li>${warning}</li>`)}
    </ul>
  </section>`;
}
