import type { TrialResult } from '@lomap/results';
import { isSynthetic, syntheticText } from '../notes/synthetic.ts';
import type { SweepReport } from '../sweep-report.ts';
import { counted } from '../tables/numbers.ts';
import { sizeOf } from './charts.ts';
import { factsOf } from './head.ts';
import { markup, NO_HTML, type Html } from './html.ts';
import { bar, shell } from './shell.ts';

/** What the front page says of a sweep. */
export interface Card {
  readonly sweep: string;
  /** The sweep's folder, seen from the front page. */
  readonly folder: string;
  readonly description?: string | undefined;
  readonly trials: number;
  readonly tasks: string;
  readonly model: string;
  /** All data, some or none made by a program, in words; null for none. */
  readonly synthetic: string | null;
  readonly onlySynthetic: boolean;
  /** What came out, in a sentence. */
  readonly verdict: string;
  /** The first chart, by name, with its drawing; null without one. */
  readonly chart: { readonly name: string; readonly svg: string } | null;
}

/** A sweep's card, from what its own page is made of. */
export function cardOf(
  sweep: string,
  folder: string,
  {
    description,
    results,
    report,
    drawings,
  }: {
    readonly description?: string | undefined;
    readonly results: readonly TrialResult[];
    readonly report: Pick<SweepReport, 'findings'>;
    readonly drawings: ReadonlyMap<string, string>;
  },
): Card {
  const facts = new Map(factsOf(results));
  const [chart] = drawings;
  return {
    ...{ sweep, folder, description, trials: results.length },
    ...{ tasks: facts.get('Tasks') ?? '', model: facts.get('Model') ?? '' },
    synthetic: syntheticText(results),
    onlySynthetic: results.every(isSynthetic),
    verdict: report.findings?.headline ?? 'Nothing is compared yet: there is no main trial.',
    chart: chart === undefined ? null : { name: chart[0], svg: chart[1] },
  };
}

/** All sweeps on one page, real data first: what each one asks, what came out, its chart, and the way to its page. */
export function frontPage(cards: readonly Card[]): string {
  const groups = [
    { id: 'real', title: 'On real data', note: null, cards: cards.filter(({ onlySynthetic }) => !onlySynthetic) },
    {
      ...{ id: 'synthetic', title: 'On synthetic data' },
      note: 'A program made the texts and their labels. These sweeps say nothing about natural language.',
      cards: cards.filter(({ onlySynthetic }) => onlySynthetic),
    },
  ].filter((group) => group.cards.length > 0);
  const trials = cards.reduce((sum, card) => sum + card.trials, 0);
  return shell({
    kind: 'front',
    title: 'LoMAP: all sweeps',
    skip: 'Skip to the sweeps',
    header: markup`<header class="head">
      <p class="quiet">LoMAP</p>
      <h1>All sweeps</h1>
      <p class="description">
        ${counted(cards.length, 'sweep')} with ${counted(trials, 'finished trial')}. Each card says what a sweep asks and
        what came out; its page has the tables, the charts and every trial.
      </p>
    </header>`,
    bar: bar(groups.map(({ id, title, cards: own }) => [id, `${title} (${own.length})`] as const)),
    main: markup`${groups.map(
      ({ id, title, note, cards: own }) =>
        markup`<section id="${id}" aria-labelledby="${id}-title">
          <h2 id="${id}-title">${title}</h2>
          ${note === null ? NO_HTML : markup`<p class="banner" role="note">${note}</p>`}
          <ul class="cards">
            ${own.map(cardItem)}
          </ul>
        </section>`,
    )}`,
    footer: markup`<p class="quiet">
      Made from the sweeps’ results alone by <code>lomap report</code>. It loads nothing from a network.
    </p>`,
  });
}

function cardItem({ sweep, folder, description, trials, tasks, model, synthetic, verdict, chart }: Card): Html {
  const address = folder.split('/').map(encodeURIComponent).join('/');
  return markup`<li class="card">
    <h3><a href="${address}/report.html">${sweep}</a></h3>
    ${synthetic === null ? NO_HTML : markup`<p class="badge">synthetic</p>`}
    ${description === undefined ? NO_HTML : markup`<p>${description}</p>`}
    ${
      chart === null
        ? NO_HTML
        : markup`<div class="picture"><img src="${address}/charts/${encodeURIComponent(chart.name)}.png"${sizeOf(chart.svg)} alt="Chart of ${sweep}: ${chart.name}" loading="lazy" /></div>`
    }
    <p class="verdict">${verdict}</p>
    <p class="quiet">${counted(trials, 'trial')} · ${tasks} · ${model}</p>
  </li>`;
}
