import type { Finding, Findings } from '../findings/findings.ts';
import type { Verdict } from '../findings/verdict.ts';
import { markup, NO_HTML, type Html } from './html.ts';

/** A sign beside the words, never instead of them. */
const SIGNS: Readonly<Record<Verdict, string>> = {
  exceeds: '●',
  'test-alone': '◐',
  'lost-to-holm': '◐',
  'interval-unreachable': '◐',
  'interval-alone': '◐',
  'interval-untested': '◐',
  equivalent: '=',
  undistinguished: '○',
  identical: '○',
  'one-seed': '–',
  unequal: '–',
  unpaired: '–',
};

/** The findings of the primary endpoint: what differs by more than seed noise, what cannot be told, row by row. */
export function findingsSection(findings: Findings | null, synthetic: string | null): Html {
  if (findings === null) {
    return markup`<section id="findings" aria-labelledby="findings-title">
      <h2 id="findings-title">Findings</h2>
      <p class="lead">
        There is no main trial yet, so nothing is compared. Trials of a search only choose hyperparameters.
      </p>
    </section>`;
  }
  const { headline, cautions, rows, byTask } = findings;
  const spoken = cautions.filter((caution) => caution !== synthetic); // the banner says it already
  return markup`<section id="findings" aria-labelledby="findings-title">
    <h2 id="findings-title">Findings</h2>
    <p class="lead">${headline}</p>
    ${spoken.map((caution) => markup`<p class="caution"><strong>Caution.</strong> ${caution}</p>`)}
    ${
      rows.length === 0
        ? NO_HTML
        : markup`<ul class="findings">
            ${rows.map(finding)}
          </ul>`
    }
    ${byTask.map((line) => markup`<p>${line}</p>`)}
  </section>`;
}

function finding({ title, baseline, verdict, short, numbers, meaning }: Finding): Html {
  return markup`<li>
    <h3>${title} <span class="quiet">against ${baseline}</span></h3>
    <p class="verdict"><span aria-hidden="true">${SIGNS[verdict]}</span> ${short}</p>
    <p class="numbers">${numbers}</p>
    <p>${meaning}</p>
  </li>`;
}
