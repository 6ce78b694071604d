import type { TopLevelSpec } from 'vega-lite';
import { detailsBeside } from './beside.ts';
import { chartData } from './chart-data.ts';
import { dataTable } from './data-table.ts';
import { markup, json, NO_HTML, type Html } from './html.ts';

/** A chart of the page: its specification for wide and narrow screens, and its drawing. */
export interface PageChart {
  readonly name: string;
  readonly wide: TopLevelSpec;
  readonly narrow: TopLevelSpec;
  readonly svg: string;
}

/**
 * The chart's picture from beside the page, which the page's script replaces by the live chart, and its data as a table.
 * The picture has its title inside; the live chart has it in the caption, which is only heard until then.
 */
export function chartFigure({ name, wide, narrow, svg }: PageChart): Html {
  const { title, subtitle } = titleOf(wide, name);
  const picture = `charts/${encodeURIComponent(name)}.png`;
  return markup`<figure class="chart">
    <figcaption class="hidden-text">
      <h3>${title}</h3>
      <p>${subtitle}</p>
    </figcaption>
    <div class="scroll canvas" role="region" tabindex="0" aria-label="Chart: ${title}">
      <img class="static" src="${picture}"${sizeOf(svg)} alt="${wide.description ?? title} Its data are in the table below." />
      <div class="live" hidden></div>
    </div>
    <script type="application/json">
      ${json({ wide, narrow })}
    </script>
    ${detailsBeside({
      file: 'charts',
      part: name,
      summary: markup`Data of this chart: ${title}`,
      otherwise: markup`The data are in <a href="charts/${encodeURIComponent(name)}.vl.json">charts/${name}.vl.json</a>.`,
    })}
  </figure>`;
}

/** Everything that the chart shows, as a table. */
export function chartDataPart({ name, wide }: PageChart): Html {
  return dataTable(chartData(wide, `Data of the chart “${titleOf(wide, name).title}”`));
}

function titleOf({ title }: TopLevelSpec, name: string): { title: string; subtitle: string } {
  const parts = typeof title === 'object' && 'text' in title ? title : { text: name, subtitle: '' };
  const join = (text: unknown) => (Array.isArray(text) ? text.join(' ') : typeof text === 'string' ? text : '');
  return { title: join(parts.text), subtitle: join(parts.subtitle) };
}

/** The drawing's size, so that nothing moves when the picture is there. */
export function sizeOf(svg: string): Html {
  const [, width, height] = /^<svg [^>]*?width="(\d+)[^"]*" height="(\d+)/.exec(svg) ?? [];
  return width === undefined ? NO_HTML : markup` width="${width}" height="${height!}"`;
}
