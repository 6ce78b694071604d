import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { javaScript, raw, type Html } from './html.ts';
import { packageFolder } from './licences.ts';

/** What draws the live charts, in the order in which they need each other. */
const LIBRARIES = [
  ['vega', 'build/vega.min.js'],
  ['vega-lite', 'build/vega-lite.min.js'],
  ['vega-embed', 'build/vega-embed.min.js'],
] as const;

/** The page's own scripts, ECMAScript modules without imports. */
const SCRIPTS = ['theme.js', 'tables.js', 'charts.js', 'trials.js'];

/** The style sheet's parts, the later ones over the earlier. */
const STYLES = ['base.css', 'parts.css', 'print.css'];

/** Beside src and dist, so that it is found from either. */
const assets = fileURLToPath(new URL('../../assets/', import.meta.url));

/** What a page runs and looks like, and the policy that lets it do nothing else. */
export interface Bundle {
  readonly style: Html;
  readonly scripts: Html;
  /** For Content-Security-Policy: no network, no eval, only the scripts and the style sheet of this page. */
  readonly policy: string;
}

let made: Bundle | undefined;

/** The scripts and the style sheet, inline, with the policy made of their hashes. Read once a process. */
export function bundle(): Bundle {
  made ??= make();
  return made;
}

function make(): Bundle {
  const style = STYLES.map((file) => readFileSync(join(assets, file), 'utf8')).join('\n');
  const libraries = LIBRARIES.map(([name, file]) => {
    const text = readFileSync(join(packageFolder(name), file), 'utf8');
    return javaScript(text.replace(/^\/\/# sourceMappingURL=.*$/m, '').trim());
  });
  const own = SCRIPTS.map((file) => javaScript(readFileSync(join(assets, file), 'utf8')));
  const hashes = [...libraries, ...own].map(({ text }) => hashOf(text)).join(' ');
  return {
    style: raw(`<style>${style}</style>`),
    scripts: raw(
      [
        ...libraries.map(({ text }) => `<script>${text}</script>`),
        ...own.map(({ text }) => `<script type="module">${text}</script>`),
      ].join('\n'),
    ),
    policy:
      `default-src 'none'; script-src ${hashes}; style-src ${hashOf(style)}; img-src data:; ` +
      `base-uri 'none'; form-action 'none'`,
  };
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
