import { markup, type Html } from './html.ts';

/** The folder beside a sweep's page with what it loads when it is asked for. */
export const BESIDE = 'report';

/**
 * A script that gives the page parts by name, as HTML: a script, because a page from disk may load nothing else. What
 * it holds is a string to JavaScript, and escaped already to HTML.
 */
export function besideFile(name: string, parts: ReadonlyMap<string, Html>): string {
  const content = Object.fromEntries([...parts].map(([part, { text }]) => [part, text]));
  return `lomapBeside(${JSON.stringify(name)}, ${JSON.stringify(content, null, 0)});\n`;
}

/** Details whose content is a part of a file beside, read when they are opened; without script, where else it is. */
export function detailsBeside(place: {
  readonly file: string;
  readonly part: string;
  readonly summary: Html;
  readonly otherwise: Html;
  readonly id?: string;
  readonly className?: string;
}): Html {
  const { file, part, summary, otherwise, id, className } = place;
  return markup`<details${id === undefined ? '' : markup` id="${id}"`}${className === undefined ? '' : markup` class="${className}"`} data-beside="${file}" data-part="${part}">
    <summary>${summary}</summary>
    <p class="waiting">${otherwise}</p>
  </details>`;
}
