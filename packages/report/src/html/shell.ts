import { bundle } from './bundle.ts';
import { markup, type Html } from './html.ts';

/** What stands in every page. */
export interface Shell {
  readonly kind: 'sweep' | 'front';
  readonly title: string;
  /** What the link that comes first leads to, the element `main`. */
  readonly skip: string;
  readonly header: Html;
  readonly bar: Html;
  readonly main: Html;
  readonly footer: Html;
}

/** The whole document: one file with its own scripts and style sheet, which may do nothing else. */
export function shell({ kind, title, skip, header, bar, main, footer }: Shell): string {
  const { style, scripts, policy } = bundle(kind);
  const document = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        ${style}
      </head>
      <body>
        <a class="skip" href="#main">${skip}</a>
        ${header} ${bar}
        <main id="main" tabindex="-1">${main}</main>
        <footer>${footer}</footer>
        ${scripts}
      </body>
    </html>`;
  return `${document.text}\n`;
}

/** The bar that stays in sight: links to the page's parts, and the button of the theme. */
export function bar(places: readonly (readonly [id: string, title: string])[]): Html {
  return markup`<div class="bar">
    <nav aria-label="Contents">
      <ul>
        ${places.map(([id, title]) => markup`<li><a href="#${id}">${title}</a></li>`)}
      </ul>
    </nav>
    <button type="button" id="theme" aria-pressed="false" hidden>Dark theme</button>
  </div>`;
}
