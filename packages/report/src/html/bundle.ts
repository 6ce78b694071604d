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

/** A kind of page: its own scripts, ECMAScript modules without imports, and its style sheets, the later over the earlier. */
const PAGES = {
  sweep: {
    libraries: LIBRARIES,
    scripts: ['beside.js', 'theme.js', 'folds.js', 'tables.js', 'charts.js', 'trials.js'],
    styles: ['base.css', 'parts.css', 'tables.css', 'print.css'],
  },
  front: { libraries: [], scripts: ['theme.js'], styles: ['base.css', 'front.css'] },
} as const;

/** Beside src and dist, so that it is found from either. */
const assets = fileURLToPath(new URL('../../assets/', import.meta.url));

/** What a page runs and looks like, and the policy that lets it do nothing else. */
export interface Bundle {
  readonly style: Html;
  readonly scripts: Html;
  /**
   * For Content-Security-Policy: nothing from a network, no eval, only the style sheet and the scripts of this page, and
   * ('strict-dynamic') what these load from beside it.
   */
  readonly policy: string;
}

const made = new Map<string, Bundle>();

/** The scripts and the style sheet, inline, with the policy made of their hashes. Read once a process. */
export function bundle(kind: keyof typeof PAGES): Bundle {
  const known = made.get(kind) ?? make(kind);
  made.set(kind, known);
  return known;
}

function make(kind: keyof typeof PAGES): Bundle {
  const parts = PAGES[kind];
  const style = parts.styles.map((file) => readFileSync(join(assets, file), 'utf8')).join('\n');
  const libraries = parts.libraries.map(([name, file]) => {
    const text = readFileSync(join(packageFolder(name), file), 'utf8');
    return javaScript(text.replace(/^\/\/# sourceMappingURL=.*$/m, '').trim());
  });
  const own = parts.scripts.map((file) => javaScript(readFileSync(join(assets, file), 'utf8')));
  const hashes = [...libraries, ...own].map(({ text }) => hashOf(text)).join(' ');
  const loading = kind === 'sweep' ? " 'strict-dynamic'" : '';
  return {
    style: raw(`<style>${style}</style>`),
    scripts: raw(
      [
        ...libraries.map(({ text }) => `<script>${text}</script>`),
        ...own.map(({ text }) => `<script type="module">${text}</script>`),
      ].join('\n'),
    ),
    policy:
      `default-src 'none'; script-src ${hashes}${loading}; style-src ${hashOf(style)}; img-src 'self' file: data:; ` +
      `base-uri 'none'; form-action 'none'`,
  };
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
