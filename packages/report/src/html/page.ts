import type { TrialResult } from '@lomap/results';
import { compareResults } from '../comparison.ts';
import { findingsText } from '../findings/findings.ts';
import { syntheticText } from '../notes/synthetic.ts';
import type { SweepReport } from '../sweep-report.ts';
import { bundle } from './bundle.ts';
import { chartFigure } from './charts.ts';
import { DARK } from './dark.ts';
import { findingsSection } from './findings.ts';
import { pageHead } from './head.ts';
import { markup, json, NO_HTML, type Html } from './html.ts';
import { licencesSection } from './licences.ts';
import { provenanceSection } from './provenance.ts';
import { tableArticle } from './tables.ts';
import { trialsSection } from './trials.ts';

/** What a page is made of. */
export interface PageContent {
  readonly sweep: string;
  /** What the sweep's file says of it, if known. */
  readonly description?: string | undefined;
  readonly results: readonly TrialResult[];
  readonly report: SweepReport;
  /** The charts' drawings by name, as SVG. */
  readonly drawings: ReadonlyMap<string, string>;
  /** How many results could not be read. */
  readonly unreadable: number;
}

/**
 * The sweep as one page that opens from disk without a network: findings, charts, tables, every trial. The same
 * content gives the same bytes, whatever the order of the results. Everything that comes from results is escaped.
 */
export function page({ sweep, description, results, report, drawings, unreadable }: PageContent): string {
  const { style, scripts, policy } = bundle();
  const ordered = [...results].sort((a, b) =>
    a.trial.purpose < b.trial.purpose ? -1 : a.trial.purpose > b.trial.purpose ? 1 : compareResults(a, b),
  );
  const synthetic = syntheticText(results);
  const told = report.findings === null ? [] : findingsText(report.findings);
  const warnings = [
    ...report.warnings,
    ...(unreadable === 0 ? [] : [`${unreadable} results could not be read and are left out; the command says which.`]),
  ];
  const document = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <link rel="icon" href="data:," />
        <title>${sweep} – LoMAP sweep report</title>
        ${style}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the findings</a>
        ${pageHead(sweep, description, ordered, synthetic)} ${navigation(report)}
        <main id="main" tabindex="-1">
          ${warningsBox(warnings)} ${findingsSection(report.findings, synthetic)} ${chartsSection(report, drawings)}
          ${tablesSection(report, told)} ${trialsSection(ordered)} ${provenanceSection(ordered)}
        </main>
        <footer>${licencesSection(['vega', 'vega-lite', 'vega-embed'])}</footer>
        <script type="application/json" id="dark-colours">
          ${json(DARK)}
        </script>
        ${scripts}
      </body>
    </html>`;
  return `${document.text}\n`;
}

function navigation({ charts, tables }: SweepReport): Html {
  const places = [
    ['findings', 'Findings'],
    ...(charts.size === 0 ? [] : [['charts', 'Charts']]),
    ...(tables.size === 0 ? [] : [['tables', 'Tables']]),
    ['trials', 'Trials'],
    ['provenance', 'Settings and provenance'],
  ] as const;
  return markup`<div class="bar">
    <nav aria-label="Contents">
      <ul>
        ${places.map(([id, title]) => markup`<li><a href="#${id!}">${title!}</a></li>`)}
      </ul>
    </nav>
    <button type="button" id="theme" aria-pressed="false" hidden>Dark theme</button>
  </div>`;
}

function chartsSection({ charts, narrowCharts }: SweepReport, drawings: ReadonlyMap<string, string>): Html {
  if (charts.size === 0) return NO_HTML;
  const figures = [...charts].map(([name, wide]) =>
    chartFigure({ name, wide, narrow: narrowCharts.get(name) ?? wide, svg: drawings.get(name) ?? '' }),
  );
  return markup`<section id="charts" aria-labelledby="charts-title">
    <h2 id="charts-title">Charts</h2>
    ${figures}
  </section>`;
}

function tablesSection({ tables }: SweepReport, told: readonly string[]): Html {
  if (tables.size === 0) return NO_HTML;
  return markup`<section id="tables" aria-labelledby="tables-title">
    <h2 id="tables-title">Tables</h2>
    ${[...tables].map(([name, table]) => tableArticle(name, table, told))}
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
