/** `lomap inspect`: what an adapter is. */
import { sizeOf } from '@lomap/compile';
import { checkAlone, LOMAP_TYPE, OWN_PREFIX, PEFT_PREFIX, type FileTensor } from '@lomap/peft';
import { explained } from '../adapters/explained.ts';
import { readAdapterFolder, type AdapterFolder } from '../adapters/folder.ts';
import { loadAdapter } from '../adapters/load.ts';
import { FailureError } from '../errors.ts';
import { requireFolder } from '../packages.ts';
import { textTable } from '../progress/table.ts';
import { resolveUserPath } from '../workspace.ts';
import { cacheDirectory } from './context.ts';

export interface InspectArguments {
  readonly adapter: string;
  readonly base?: string | undefined;
  readonly format: 'table' | 'json';
}

/** What is said of an adapter. */
interface Description {
  readonly adapter: string;
  readonly method: string;
  readonly rank: unknown;
  readonly loraAlpha: unknown;
  readonly targetModules: unknown;
  readonly matrices: number;
  readonly parameters: { readonly adapter: number; readonly head: number };
  readonly base: { readonly name: unknown; readonly sha256: string | null };
  readonly opensIn: string;
  readonly map: unknown;
  /** α and β by matrix, as the file has them, or with the base as they are. */
  readonly magnitudes: readonly Record<string, string | number>[];
  readonly notes: readonly string[];
}

/** The description. Throws a FailureError for files that are not right, or that do not fit the base given. */
export function inspectCommand({ adapter, base, format }: InspectArguments): Promise<string> {
  return explained(async () => {
    const directory = resolveUserPath(adapter);
    requireFolder('The adapter', directory);
    const description = base === undefined ? withoutBase(directory) : await withBase(directory, resolveUserPath(base));
    return format === 'json' ? JSON.stringify(description, null, 2) : text(description);
  });
}

function withoutBase(directory: string): Description {
  const folder = readAdapterFolder(directory);
  checkFinite(folder);
  checkAlone(folder.files, folder);
  return described(directory, folder);
}

/** What checked files say of themselves. */
function described(directory: string, folder: AdapterFolder): Description {
  const { files, block } = folder;
  const { config } = files;
  const type = String(config['peft_type']);
  const dora = config['use_dora'] === true;
  const { own, head, paths } = parts(folder);
  return {
    adapter: directory,
    method: block?.method.name ?? `${type}${dora ? ' (DoRA)' : ''} of HF PEFT`,
    rank: block ? block.method.rank : (config['r'] ?? null),
    loraAlpha: block ? block.method.loraAlpha : (config['lora_alpha'] ?? config['alpha'] ?? null),
    targetModules: block ? block.method.targetModules : (config['target_modules'] ?? null),
    matrices: paths.size,
    parameters: { adapter: total(own.values()), head: total(head.values()) },
    base: { name: block?.base.name ?? config['base_model_name_or_path'] ?? null, sha256: block?.base.sha256 ?? null },
    opensIn: type === LOMAP_TYPE ? 'LoMAP alone' : `HF PEFT, as ${type}${dora ? ' with use_dora' : ''}`,
    map: block?.method.map ?? null,
    magnitudes: magnitudes(own),
    notes: [],
  };
}

async function withBase(directory: string, base: string): Promise<Description> {
  requireFolder('--base', base);
  const { folder, adaptation, read, notes } = await loadAdapter(directory, base, cacheDirectory);
  const round = (value: number): number => Number(value.toPrecision(6));
  return {
    ...described(directory, folder),
    method: read.settings.name,
    parameters: adaptation.counts,
    magnitudes: adaptation.summary(read.params).map((matrix) => ({
      matrix: matrix.path,
      '‖W‖': round(matrix.baseNorm),
      '‖W*-W‖': round(matrix.updateNorm),
      ...(matrix.alphaChange !== null && { 'α/‖W‖-1': round(matrix.alphaChange) }),
      ...(matrix.beta !== null && { β: round(matrix.beta) }),
    })),
    notes,
  };
}

/** The trained tensors outside the head, the head's, and the paths of the adapted matrices. */
function parts({ files, block }: AdapterFolder) {
  const names = [...files.tensors.keys()];
  const exact = names.filter((name) => name.startsWith(OWN_PREFIX));
  const isAdapter = (name: string): boolean => /\.(?:lora|vera|hada|lokr|delora|ia3)_[^.]*(?:\.weight)?$/.test(name);
  const inView = names.filter(
    (name) => name.startsWith(PEFT_PREFIX) && isAdapter(name) && !name.endsWith('.delora_w_norm'),
  );
  const own = exact.length > 0 && block ? exact : inView;
  const pick = (chosen: readonly string[]): Map<string, FileTensor> =>
    new Map(chosen.map((name) => [name.replace(OWN_PREFIX, '').replace(PEFT_PREFIX, ''), files.tensors.get(name)!]));
  const head = names.filter((name) => name.startsWith(PEFT_PREFIX) && !isAdapter(name));
  const trained = pick(own);
  const pathOf = (name: string): string => name.replace(/\.weight$/, '').replace(/\.[^.]+$/, '');
  // A tensor that matrices share has a path of its own, but not in PEFT's form.
  const paths = new Set([...(inView.length > 0 ? pick(inView) : trained).keys()].map(pathOf));
  return { own: trained, head: pick(head), paths };
}

/** α and β of each matrix as they are in the file: a number, or mean and range of a vector. */
function magnitudes(own: ReadonlyMap<string, FileTensor>): Record<string, string | number>[] {
  const rows = new Map<string, Record<string, string | number>>();
  for (const [name, { data }] of own) {
    const found = /^(.*)\.map_(alpha|beta)(?:_(row|column))?$/.exec(name);
    if (!found) continue;
    const [, path, which, along] = found;
    const row = rows.get(path!) ?? { matrix: path! };
    row[`${which === 'alpha' ? 'α' : 'β'}${along ? ` by ${along}` : ''}`] = summary(data);
    rows.set(path!, row);
  }
  return [...rows.values()];
}

function summary(values: Float32Array): string | number {
  const short = (value: number): string => String(Number(value.toPrecision(6)));
  if (values.length === 1) return Number(short(values[0]!));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return `${short(mean)} (${short(Math.min(...values))} to ${short(Math.max(...values))})`;
}

function checkFinite({ files, tensorsPath }: AdapterFolder): void {
  for (const [name, { data }] of files.tensors) {
    const broken = data.findIndex((value) => !Number.isFinite(value));
    if (broken >= 0) throw new FailureError(`${tensorsPath}: ${name} has ${data[broken]} at ${broken}.`);
  }
}

/** A value of a foreign file in words. */
const said = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const total = (tensors: Iterable<FileTensor>): number =>
  [...tensors].reduce((sum, { shape }) => sum + sizeOf(shape), 0);

function text(description: Description): string {
  const { magnitudes: table, map, notes, parameters, targetModules: targets, base } = description;
  const named = Array.isArray(targets) ? targets.join(', ') : said(targets ?? 'none');
  const rows: [string, string][] = [
    ['method', description.method],
    ...(description.rank === null ? [] : [['rank', said(description.rank)] as [string, string]]),
    ...(description.loraAlpha === null ? [] : [['lora alpha', said(description.loraAlpha)] as [string, string]]),
    ['targets', `${named} (${description.matrices} matrices)`],
    ['parameters', `${parameters.adapter} in the adapter, ${parameters.head} in the head`],
    ['base', `${said(base.name ?? 'not named')}${base.sha256 ? `, sha256 ${base.sha256}` : ''}`],
    ['opens in', description.opensIn],
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
