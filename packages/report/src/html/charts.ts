import type { TopLevelSpec } from 'vega-lite';
import { FONT } from '../charts/style.ts';
import { chartData } from './chart-data.ts';
import { dataTable } from './data-table.ts';
import { markup, json, type Html } from './html.ts';

/** A chart of the page: its specification for wide and narrow screens, and its drawing. */
export interface PageChart {
  readonly name: string;
  readonly wide: TopLevelSpec;
  readonly narrow: TopLevelSpec;
  readonly svg: string;
}

/**
 * The chart's drawing, which the page's script replaces by the live chart, and its data as a table. The drawing has its
 * title inside; the live chart has it in the caption, which is only heard until then.
 */
export function chartFigure({ name, wide, narrow, svg }: PageChart): Html {
  const { title, subtitle } = titleOf(wide, name);
  return markup`<figure class="chart">
    <figcaption class="hidden-text">
      <h3>${title}</h3>
      <p>${subtitle}</p>
    </figcaption>
    <div class="scroll canvas" role="region" tabindex="0" aria-label="Chart: ${title}">
      <img class="static" src="${dataUri(svg)}" alt="${wide.description ?? title} Its data are in the table below." />
      <div class="live" hidden></div>
    </div>
    <script type="application/json">
      ${json({ wide, narrow })}
    </script>
    <details>
      <summary>Data of this chart: ${title}</summary>
      ${dataTable(chartData(wide, `Data of the chart “${title}”`))}
    </details>
  </figure>`;
}

function titleOf({ title }: TopLevelSpec, name: string): { title: string; subtitle: string } {
  const parts = typeof title === 'object' && 'text' in title ? title : { text: name, subtitle: '' };
  const join = (text: unknown) => (Array.isArray(text) ? text.join(' ') : typeof text === 'string' ? text : '');
  return { title: join(parts.text), subtitle: join(parts.subtitle) };
}

/** The drawing as an image that cannot run anything, with fonts to fall back on where the charts' own is missing. */
function dataUri(svg: string): string {
  const text = svg.replaceAll(`font-family="${FONT}"`, `font-family="${FONT}, Verdana, sans-serif"`);
  return `data:image/svg+xml;base64,${Buffer.from(text).toString('base64')}`;
}
