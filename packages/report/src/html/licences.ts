import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ReportError } from '../error.ts';
import { compareText } from '../names.ts';
import { markup, type Html } from './html.ts';

interface Package {
  readonly title: string;
  readonly licences: string;
}

/** Types and a command line, which no bundle holds. */
const LEFT_OUT = /^(@types\/|yargs$)/;

/** The folder of an installed package that this one, or the package in `from`, depends on. */
export function packageFolder(name: string, from = import.meta.url): string {
  const folders = (createRequire(from).resolve.paths(name) ?? []).map((folder) => join(folder, name));
  const found = folders.find((folder) => existsSync(join(folder, 'package.json')));
  if (found === undefined) throw new ReportError(`${name} is not installed. The HTML report needs it: run npm ci.`);
  return found;
}

/** The libraries in the page and whatever their bundles hold, with the licences they ask to be kept with them. */
export function licencesSection(libraries: readonly string[]): Html {
  const packages = new Map<string, Package>();
  for (const name of libraries) collect(packageFolder(name), packages);
  const byText = new Map<string, string[]>();
  for (const { title, licences } of [...packages.values()].sort((a, b) => compareText(a.title, b.title))) {
    byText.set(licences, [...(byText.get(licences) ?? []), title]);
  }
  return markup`<section id="licences" aria-labelledby="licences-title">
    <h2 id="licences-title">About this page</h2>
    <p>
      Made from the sweep’s results alone: the same results give the same bytes. It loads nothing from anywhere, and its
      Content-Security-Policy forbids it to.
    </p>
    <details>
      <summary>Software in this page and its licences</summary>
      ${[...byText].map(
        ([text, titles]) =>
          markup`<p>${titles.join(', ')}</p>
            <pre tabindex="0">${text}</pre>`,
      )}
    </details>
  </section>`;
}

function collect(folder: string, into: Map<string, Package>): void {
  if (into.has(folder)) return;
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
    dependencies?: Record<string, string>;
  };
  const files = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .sort();
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  into.set(folder, {
    title: `${manifest.name} ${manifest.version}`,
    licences: texts.length > 0 ? texts.join('\n\n') : `License: ${manifest.license ?? 'unknown'}`,
  });
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    if (!LEFT_OUT.test(name)) collect(packageFolder(name, join(folder, 'package.json')), into);
  }
}
