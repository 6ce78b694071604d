/** Settings as text: tables for the terminal, and docs/settings.md. */
import type { Block, Setting } from '../config/settings-list.ts';
import { blocks } from '../config/settings-list.ts';
import { textTable } from '../progress/table.ts';

const titles: Readonly<Record<Block, readonly [title: string, about: string]>> = {
  file: [
    'The sweep file',
    'Its own keys. `name`, `tasks`, `methods` and `seeds` are needed; of the three lists each may be empty where a flag replaces it.',
  ],
  method: [
    'method',
    'In `base`, `tasksOverrides` and `methodsOverrides` under `method`; in an entry of `methods` beside `label` and `name`. From `base` they reach the methods that have them. `lomap methods NAME` has each method’s own keys and defaults.',
  ],
  map: ['method.map', 'Under `map` where the keys of `method` are: for LoMAP and the couplings `map+…`.'],
  training: ['training', 'In `base`, `tasksOverrides`, `methodsOverrides`, and in an entry of `methods`.'],
  selection: ['selection', 'In `base`, `tasksOverrides` and `methodsOverrides`: the part of train that is held out.'],
  engine: ['engine', 'In `base`, `tasksOverrides` and `methodsOverrides`: what computes.'],
};

/** What stands where a key has no one default. */
export function defaultText({ default: value, block, key, needed }: Setting): string {
  if (value !== null) return value;
  if (needed) return 'needed';
  return block === 'method' && ['rank', 'loraAlpha', 'targetModules'].some((own) => key.endsWith(own))
    ? 'by method'
    : 'absent';
}

/** A table of each block. */
export function settingsText(settings: readonly Setting[]): string {
  const sections = blocks.flatMap((block) => {
    const own = settings.filter((setting) => setting.block === block);
    if (own.length === 0) return [];
    const rows = own.map((setting) => [
      setting.key,
      setting.type,
      defaultText(setting),
      setting.meaning,
      setting.source,
    ]);
    return [textTable(['key', 'type', 'default', 'meaning', 'source'], rows)];
  });
  return sections.join('\n\n');
}

/** One setting, a line for each thing about it. */
export function oneSetting(setting: Setting): string {
  const { key, type, meaning, source } = setting;
  return [
    key,
    `type      ${type}`,
    `default   ${defaultText(setting)}`,
    `meaning   ${meaning}`,
    `source    ${source}`,
  ].join('\n');
}

/** docs/settings.md. */
export function settingsPage(settings: readonly Setting[]): string {
  const head = [
    '# Settings',
    '',
    'Every key of a sweep file. This page is made from the schemas (`packages/results/src/schema`,',
    '`packages/runner/src/config/sweep-schema.ts`): `npx lomap settings --format markdown > docs/settings.md`, and a test compares.',
    'Later layers win: defaults, `base`, the task’s overrides, the method’s entry, the method’s overrides, flags.',
  ];
  const sections = blocks.flatMap((block) => {
    const own = settings.filter((setting) => setting.block === block);
    const prefix = { file: '', method: 'method.', map: 'method.map.' }[block as string] ?? `${block}.`;
    const rows = own.map((setting) => [
      `\`${setting.key.slice(prefix.length)}\``,
      code(setting.type),
      code(defaultText(setting)),
      setting.meaning,
      setting.source,
    ]);
    const [title, about] = titles[block];
    return ['', `## ${title}`, '', about, '', ...markdownTable(['key', 'type', 'default', 'meaning', 'source'], rows)];
  });
  return [...head, ...sections, ''].join('\n');
}

/** JSON and braces are code; words are not. */
function code(text: string): string {
  return /^[[{"\d-]|^(true|false|null)$/.test(text) ? `\`${text}\`` : text;
}

/** Columns of one width, as prettier writes them. */
function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const escaped = rows.map((row) =>
    row.map((cell) => cell.replaceAll('|', String.raw`\|`).replaceAll('_F', String.raw`\_F`)),
  );
  const widths = head.map((title, i) => Math.max(title.length, ...escaped.map((row) => [...row[i]!].length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]! + cell.length - [...cell].length)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...escaped.map(line)];
}
