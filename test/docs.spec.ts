/** The documentation: its links lead somewhere, every package has a page, every command it shows exists. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { magnitudeRules } from '@lomap/map';
import { methodNames } from '@lomap/peft';

const root = fileURLToPath(new URL('..', import.meta.url));
const ignored = new Set(['node_modules', 'dist', 'runs', '.git', '.nx', '.cache', 'coverage']);

function markdownFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (ignored.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return markdownFiles(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Text without fenced blocks and code spans, where brackets are no links. */
function prose(text: string): string {
  return text.replace(/^ *```[\s\S]*?^ *```/gm, '').replace(/`[^`\n]*`/g, '');
}

/** Anchors of a page's headings, as GitHub makes them. */
function anchors(text: string): Set<string> {
  const headings = [...text.replace(/^ *```[\s\S]*?^ *```/gm, '').matchAll(/^#+ +(.*)$/gm)];
  return new Set(
    headings.map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\- ]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function brokenLinks(file: string): string[] {
  const links = [...prose(readFileSync(file, 'utf8')).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)].map(([, to]) => to!);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : resolve(dirname(file), path);
    if (!existsSync(target)) return true;
    return anchor !== undefined && target.endsWith('.md') && !anchors(readFileSync(target, 'utf8')).has(anchor);
  });
}

const files = markdownFiles(root).map((file) => relative(root, file));
const packages = readdirSync(join(root, 'packages'));

test.each(files)('links of %s', (file) => {
  expect(brokenLinks(join(root, file))).toEqual([]);
});

describe.each(packages)('packages/%s', (name) => {
  test('has a README of about one screen under its own name', () => {
    const readme = readFileSync(join(root, 'packages', name, 'README.md'), 'utf8');
    expect(readme.split('\n')[0]).toBe(`# @lomap/${name}`);
    expect(readme.split('\n').length).toBeLessThan(120);
  });

  test('index.ts is a table of contents', () => {
    const index = readFileSync(join(root, 'packages', name, 'src', 'index.ts'), 'utf8');
    const rest = index
      .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
      .replace(/export (type )?(\{[^}]*\}|\*) from '[^']+';/g, '')
      .trim();
    expect(rest).toBe('');
  });

  test('is in the README’s table and the root’s project references', () => {
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(`(packages/${name})`);
    expect(readFileSync(join(root, 'tsconfig.json'), 'utf8')).toContain(`"./packages/${name}"`);
  });

  test('has its tag', () => {
    const { nx } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as {
      nx?: { tags?: string[] };
    };
    expect(nx?.tags).toContain(`package:${name}`);
  });
});

describe('docs/methods', () => {
  const folder = join(root, 'docs', 'methods');
  const pages = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md');
  const read = (page: string): string => readFileSync(join(folder, page), 'utf8');
  const rowsOfCouplings = [...read('couplings.md').matchAll(/^\| `([^`]+\+[^`]+)` +\|(.*)\|$/gm)];

  test('every method has a page under its name, or a line of the couplings', () => {
    const titled = pages.flatMap((page) =>
      [
        ...read(page)
          .split('\n')[0]!
          .matchAll(/`([a-z0-9]+)`/g),
      ].map(([, n]) => n!),
    );
    const listed = rowsOfCouplings.map(([, name]) => name!);
    expect([...titled, ...listed].sort()).toEqual(methodNames().sort());
  });

  test.each(pages)('%s says formula, when, cost, what is for and against it, and its source', (page) => {
    const headings = [...read(page).matchAll(/^\*\*([^*]+)\.\*\* \S/gm)].map(([, heading]) => heading!);
    for (const heading of ['Formula', 'When', 'Cost', 'Against LoRA', 'Source']) {
      expect(headings.filter((found) => found === heading)).toEqual([heading]);
    }
  });

  test('a line of the couplings says what it adds, what it costs, and for and against', () => {
    for (const [line, , cells] of rowsOfCouplings) {
      const filled = cells!.split('|').filter((cell) => cell.trim() !== '');
      expect([line, filled.length]).toEqual([line, 3]);
    }
  });
});

test('every magnitude rule has a section, with its formula and its constants', () => {
  const page = readFileSync(join(root, 'docs', 'magnitude-rules.md'), 'utf8');
  for (const { name, constants } of magnitudeRules()) {
    const section = page.split(`\n## ${name}\n`)[1]?.split('\n## ')[0] ?? '';
    for (const heading of ['Formula', 'When', 'Constants'])
      expect([name, section]).toEqual([name, expect.stringContaining(`**${heading}.**`)]);
    for (const constant of Object.keys(constants)) expect(section).toContain(`\`${constant}\``);
    expect(page).toContain(`| [\`${name}\`](#${name})`);
  }
});

test('commands that the documentation shows exist', () => {
  const text = files
    .filter((file) => !file.startsWith('packages'))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
  const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }).scripts;
  for (const [, script] of text.matchAll(/npm run ([a-z-]+)/g)) expect(Object.keys(scripts)).toContain(script);
  for (const [, project, target] of text.matchAll(/nx run ([a-z]+):([a-z-]+)/g)) {
    const { nx } = JSON.parse(readFileSync(join(root, project!, 'package.json'), 'utf8')) as {
      nx: { targets: object };
    };
    expect([project, Object.keys(nx.targets)]).toEqual([project, expect.arrayContaining([target])]);
  }
  for (const [, file] of text.matchAll(/--config (experiments\/[\w./-]+)/g)) {
    expect([file, existsSync(join(root, file!))]).toEqual([file, true]);
  }
});
