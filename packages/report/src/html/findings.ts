import type { Findings } from '../findings/findings.ts';
import { seeds, type Finding } from '../findings/words.ts';
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

/** With more rows than this, the headline tells them and the rows are folded. */
const MOST_ROWS = 8;

/** The findings of the primary endpoint: what differs by more than seed noise, what cannot be told, row by row. */
export function findingsBlock(findings: Findings | null, synthetic: string | null): Html {
  if (findings === null) {
    return markup`<div class="outcome">
      <p class="lead">
        There is no main trial yet, so nothing is compared. Trials of a search only choose hyperparameters.
      </p>
    </div>`;
  }
  const { headline, cautions, rows, remarks, byTask } = findings;
  const further = [...remarks, ...byTask];
  const spoken = cautions.filter((caution) => caution !== synthetic); // the banner says it already
  return markup`<div class="outcome" id="findings">
    <p class="lead">${headline}</p>
    ${spoken.map((caution) => markup`<p class="caution"><strong>Caution.</strong> ${caution}</p>`)}
    ${rows.length === 0 ? NO_HTML : rows.length > MOST_ROWS ? folded(`Each of the ${rows.length} comparisons`, list(rows)) : list(rows)}
    ${
      further.length === 0
        ? NO_HTML
        : folded(
            'What the verdicts mean, and the tasks apart',
            markup`${further.map((line) => markup`<p>${line}</p>`)}`,
          )
    }
  </div>`;
}

function folded(title: string, content: Html): Html {
  return markup`<details class="fold">
    <summary>${title}</summary>
    ${content}
  </details>`;
}

function list(rows: readonly Finding[]): Html {
  return markup`<ul class="findings">
    ${rows.map(finding)}
  </ul>`;
}

function finding(row: Finding): Html {
  const { title, baseline, verdict, short } = row;
  return markup`<li>
    <h3>${title} <span class="quiet">against ${baseline}</span></h3>
    <p class="verdict"><span aria-hidden="true">${SIGNS[verdict]}</span> ${short}</p>
    <p class="numbers">${numbersOf(row)}</p>
  </li>`;
}

/** `+0.31 points, 95 % t interval [−0.98, +1.60], n = 3 seeds, p = 0.750 after Holm`. */
function numbersOf({ difference, interval, seeds: n, p }: Finding): string {
  if (difference === '') return 'no difference is told';
  return [
    difference,
    ...(interval === '' ? [] : [`95 % t interval ${interval}`]),
    `n = ${seeds(n)}`,
    ...(p === '' ? [] : [`p ${p.startsWith('<') ? p : `= ${p}`} after Holm`]),
  ].join(', ');
}
