import type { TrialResult } from '@lomap/results';
import { distinct } from '../group.ts';
import { compareTasks, compareText, metricTitle, methodTitle, taskTitle } from '../names.ts';
import { isSynthetic } from '../notes/synthetic.ts';
import { listed } from '../findings/words.ts';
import { markup, NO_HTML, type Html } from './html.ts';
import { shortHash } from './values.ts';

/** What the page's head is made of. */
export interface Head {
  readonly sweep: string;
  readonly description: string | undefined;
  readonly results: readonly TrialResult[];
  readonly synthetic: string | null;
  readonly frontPage: string | null;
}

/** The page's head: which sweep this is, what it asks, on which data, with how many seeds. */
export function pageHead({ sweep, description, results, synthetic, frontPage }: Head): Html {
  const shown = factsOf(results).filter(([name]) => HEAD_FACTS.includes(name));
  return markup`<header class="head">
    <p class="quiet">LoMAP sweep report${frontPage === null ? NO_HTML : markup` · <a href="${frontPage}">All sweeps</a>`}</p>
    <h1>${sweep}</h1>
    ${description === undefined ? NO_HTML : markup`<p class="description">${description}</p>`}
    ${synthetic === null ? NO_HTML : markup`<p class="banner" role="note"><strong>${synthetic}</strong> A program made the texts and their labels; what differs here need not differ on real text.</p>`}
    <dl class="key-facts">
      ${shown.map(
        ([name, value]) =>
          markup`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </header>`;
}

/** What a reader needs before the chart; the rest stands with the provenance. */
const HEAD_FACTS = ['Tasks', 'Seeds', 'Trials', 'Model'];

/** What the sweep consists of, a value of its own for each name. */
export function factsOf(results: readonly TrialResult[]): [string, string][] {
  const mains = results.filter(({ trial }) => trial.purpose === 'main');
  const searches = results.filter(({ trial }) => trial.purpose === 'search');
  const of = (from: readonly TrialResult[], value: (result: TrialResult) => string) =>
    distinct(from.map(value)).sort(compareText);
  const methods = distinct(results.map(({ trial }) => methodTitle(trial.settings.method.label)));
  const tasks = distinct(results.map(({ trial }) => trial.settings.task)).sort(compareTasks);
  const seeds = (from: readonly TrialResult[]) => of(from, ({ trial }) => String(trial.settings.seed)).join(', ');
  const commits = of(results, ({ provenance }) => shortHash(provenance.commit));
  const kinds = distinct(results.map((result) => (isSynthetic(result) ? 'synthetic' : 'real')));
  return [
    ['Compared', listed(methods)],
    ['Tasks', listed(tasks.map((task) => `${taskTitle(task)} (${metricsOf(results, task)})`))],
    ...(mains.length === 0 ? [] : [['Seeds', seeds(mains)] as [string, string]]),
    ...(searches.length === 0 ? [] : [['Seeds of the search', seeds(searches)] as [string, string]]),
    ['Trials', searches.length === 0 ? String(mains.length) : `${mains.length} main, ${searches.length} of a search`],
    ['Data', `${listed(kinds)}: ${listed(of(results, ({ trial }) => trial.settings.data.name))}`],
    [
      'Model',
      listed(
        of(
          results,
          ({
            trial: {
              settings: { model },
            },
          }) => `${model.name} (${model.type})`,
        ),
      ),
    ],
    ['Processor', listed(of(results, ({ provenance }) => provenance.processor))],
    [commits.length === 1 ? 'Commit' : 'Commits', listed(commits)],
  ];
}

function metricsOf(results: readonly TrialResult[], task: string): string {
  const own = results.filter(({ trial }) => trial.settings.task === task);
  return distinct(own.map(({ trial }) => metricTitle(trial.primary.metric))).join(' or ');
}
