/** `lomap inspect`: what an adapter is, and what `lomap export` would make of it. */
import { checkedAdapter } from '../adapters/checked.ts';
import { budgetRows } from '../adapters/budget.ts';
import { describeAlone, describeLoaded, type Description, type Range } from '../adapters/description.ts';
import { explained } from '../adapters/explained.ts';
import { loadAdapter } from '../adapters/load.ts';
import { requireFolder } from '../packages.ts';
import { textTable } from '../progress/table.ts';
import { resolveUserPath } from '../workspace.ts';
import { storedText } from '../sources/stored-text.ts';
import { exportFormats } from './adapter-options.ts';
import { cacheDirectory } from './context.ts';

export interface InspectArguments {
  readonly adapter: string;
  readonly base?: string | undefined;
  readonly format: 'table' | 'json';
}

/** The description. Throws a FailureError for files that are not right, or that do not fit the base given. */
export function inspectCommand({ adapter, base, format }: InspectArguments): Promise<string> {
  return explained(async () => {
    const directory = resolveUserPath(adapter);
    requireFolder('The adapter', directory);
    const description =
      base === undefined
        ? describeAlone(directory, checkedAdapter(directory))
        : await withBase(directory, resolveUserPath(base));
    return format === 'json' ? JSON.stringify(description, null, 2) : text(description);
  });
}

async function withBase(directory: string, base: string): Promise<Description> {
  requireFolder('--base', base);
  return describeLoaded(directory, await loadAdapter(directory, base, cacheDirectory));
}

function text(description: Description): string {
  const { budget, magnitudes: table, map, notes, parameters, peftType, rank, scaling } = description;
  const { method, model } = description;
  // The hash is in our block alone.
  const isForeign = description.base.sha256 === null;
  const rows: [string, string][] = [
    ['method', isForeign && peftType?.toLowerCase() !== method ? `${method} (${peftType} of HF PEFT)` : method],
    ...(model === 'encoder' ? [['model', 'a bare encoder (BertModel), without a classifier'] as [string, string]] : []),
    ...(budget ? budgetRows(budget) : rank === null ? [] : [['rank', ranged(rank)] as [string, string]]),
    ...(scaling === null ? [] : [['scaling', scaled(scaling, description.loraAlpha)] as [string, string]]),
    ['targets', targets(description)],
    ['parameters', `${parameters.adapter} in the adapter, ${parameters.head} in the head`],
    ['head', head(description)],
    ['base', base(description)],
    ...(description.stored ? [['stored', storedText(description.stored)] as [string, string]] : []),
    ['opens in', description.opensIn],
    ...exported(description),
    ...(map === null ? [] : [['map', JSON.stringify(map)] as [string, string]]),
  ];
  const columns = [...new Set(table.flatMap((row) => Object.keys(row)))];
  const cells = table.map((row) => columns.map((column) => String(row[column] ?? '')));
  return [
    ...rows.map(([key, value]) => `${key.padEnd(11)} ${value}`),
    ...(cells.length > 0 ? ['', textTable(columns, cells)] : []),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ].join('\n');
}

const short = (value: number): string => String(Number(value.toPrecision(6)));
const ranged = (value: number | Range): string =>
  typeof value === 'number' ? short(value) : `${short(value.least)} to ${short(value.most)}, by matrix`;
const scaled = (s: number | Range, loraAlpha: number | null): string =>
  `${ranged(s)}${loraAlpha === null ? '' : ` (lora alpha ${loraAlpha})`}`;

/** Which matrices are adapted: names of modules, with the layers that they are in. */
function targets({ modules, targetModules }: Description): string {
  const count = `(${modules.length} ${modules.length === 1 ? 'matrix' : 'matrices'})`;
  if (targetModules === null && modules.length === 0) return `none ${count}`;
  const byName = new Map<string, number[]>();
  for (const path of modules) {
    const [, layer, name = path] = /^.*?\.(\d+)\.(.+)$/.exec(path) ?? [];
    const layers = byName.get(name) ?? [];
    byName.set(name, layer === undefined ? layers : [...layers, Number(layer)]);
  }
  const byLayers = new Map<string, string[]>();
  for (const [name, layers] of byName) {
    const which = layers.length === 0 ? '' : ` of ${layers.length === 1 ? 'layer' : 'layers'} ${runs(layers)}`;
    byLayers.set(which, [...(byLayers.get(which) ?? []), name]);
  }
  return `${[...byLayers].map(([which, names]) => `${names.join(', ')}${which}`).join('; ')} ${count}`;
}

/** Numbers in words, e.g. `0-3, 5`. */
function runs(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const starts = sorted.filter((number) => !sorted.includes(number - 1));
  const ends = sorted.filter((number) => !sorted.includes(number + 1));
  return starts.map((start, i) => (start === ends[i] ? `${start}` : `${start}-${ends[i]}`)).join(', ');
}

function head({ head: { adapted, ofBase, saved } }: Description): string {
  const said = [
    ...(saved.length > 0 ? [`${saved.join(', ')} in full`] : []),
    ...(adapted.length > 0 ? [`${adapted.join(', ')} adapted`] : []),
    ...(ofBase.length > 0 ? [`${ofBase.join(', ')} of the base`] : []),
  ];
  return said.join('; ') || 'none';
}

function base({ base: { name, revision, sha256 } }: Description): string {
  return [
    name ?? 'none is named (base_model_name_or_path is empty)',
    ...(revision === null ? [] : [`revision ${revision}`]),
    ...(sha256 === null ? [] : [`sha256 ${sha256}`]),
  ].join(', ');
}

/** What each format of `lomap export` would do. */
function exported({ exports }: Description): [string, string][] {
  const of = (exact: boolean | null): string[] => exportFormats.filter((format) => exports[format].exact === exact);
  const maybe = of(null);
  const first = [
    of(true).join(', '),
    ...(maybe.length > 0 ? [`whether ${maybe.join(' and ')}, the base's weights say (--base)`] : []),
  ];
  return [
    ['exports as', first.join('; ')],
    ...of(false).map((format): [string, string] => [
      '',
      `not ${format}: ${exports[format as (typeof exportFormats)[number]].reason}`,
    ]),
  ];
}
