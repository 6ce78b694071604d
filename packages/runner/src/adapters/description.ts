/** What an adapter is, read from its tensors and from what they are read as: keys that its method ignores say nothing here. */
import type { Stored } from '@lomap/models';
import { sizeOf } from '@lomap/compile';
import {
  LOMAP_TYPE,
  OWN_PREFIX,
  parseKey,
  PEFT_PREFIX,
  peftVerdicts,
  ranksOf,
  savedModules,
  type FileTensor,
  type MethodSettings,
  type ReadAdapter,
  type Verdict,
} from '@lomap/peft';
import { FailureError } from '../errors.ts';
import type { exportFormats } from '../commands/adapter-options.ts';
import { budgetOf, type Budget } from './budget.ts';
import type { CheckedAdapter } from './checked.ts';
import type { AdapterFolder } from './folder.ts';
import { baseName, headNotes, trainedAdapter, type LoadedAdapter } from './load.ts';
import { mergedTensors } from './merged.ts';

/** Numbers that differ by matrix. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

export interface Description {
  readonly adapter: string;
  /** Whether its model has a classifier, or is a bare encoder. */
  readonly model: 'classifier' | 'encoder';
  /** As which of our methods it is read. */
  readonly method: string;
  /** HF PEFT's `peft_type`; null where PEFT has no such adapter. */
  readonly peftType: string | null;
  /** Of the factors in the file: one number where all matrices have it, null where there are no factors. */
  readonly rank: number | Range | null;
  /** AdaLoRA's ranks and how far they are reduced; null for other methods. */
  readonly budget: Budget | null;
  /** Null where the method has none, where it has no effect, and where it differs by matrix. */
  readonly loraAlpha: number | null;
  /** s of W + sΔ; null where the method has none, or it has no effect. */
  readonly scaling: number | Range | null;
  /** Names, an expression or paths, as our settings have them. */
  readonly targetModules: MethodSettings['targetModules'];
  /** Paths of the adapted matrices, those of the head among them. */
  readonly modules: readonly string[];
  readonly parameters: { readonly adapter: number; readonly head: number };
  /** Paths of the head's modules: in the file in full, changed by the adapter, and neither: the base's own. */
  readonly head: {
    readonly saved: readonly string[];
    readonly adapted: readonly string[];
    readonly ofBase: readonly string[];
  };
  /** Null where the file names none. */
  readonly base: { readonly name: string | null; readonly revision: string | null; readonly sha256: string | null };
  /** In how many files and which types the base given has its weights; absent without one. */
  readonly stored?: Stored;
  readonly opensIn: string;
  /** What `lomap export` makes of it, and why not. */
  readonly exports: Readonly<Record<(typeof exportFormats)[number], Verdict>>;
  readonly map: MethodSettings['map'];
  /** α and β by matrix, as the file has them, or with the base as they are. */
  readonly magnitudes: readonly Record<string, string | number>[];
  readonly notes: readonly string[];
}

/** An adapter by its files alone. */
export function describeAlone(directory: string, checked: CheckedAdapter): Description {
  const { folder, alone } = checked;
  const { read, settings, trained } = alone;
  const exports = { ...peftVerdicts(settings, trained), merged: { exact: true, reason: null } };
  const modules = alone.modules?.map(({ path }) => path);
  return {
    ...described(directory, checked, read, modules),
    exports,
    magnitudes: magnitudes(folder),
    notes: [...(read?.notes ?? []), ...headNotes(read?.headAdapted ?? [])],
  };
}

/** An adapter on its base: what it changes there, by matrix. */
export function describeLoaded(directory: string, loaded: LoadedAdapter): Description {
  const { adaptation, model, notes, read } = loaded;
  const round = (value: number): number => Number(value.toPrecision(6));
  const summary = adaptation.summary(read.params);
  const said = described(directory, loaded, read, [...summary.map(({ path }) => path), ...read.headAdapted]);
  return {
    ...said,
    stored: loaded.checkpoint.stored,
    // An encoder may be without a pooler.
    head: { ...said.head, ofBase: said.head.ofBase.filter((prefix) => model.head.includes(prefix)) },
    exports: { ...peftVerdicts(read.settings, trainedAdapter(loaded)), merged: mergedVerdict(loaded) },
    magnitudes: summary.map((matrix) => ({
      matrix: matrix.path,
      '‖W‖': round(matrix.baseNorm),
      '‖W*-W‖': round(matrix.updateNorm),
      ...(matrix.alphaChange !== null && { 'α/‖W‖-1': round(matrix.alphaChange) }),
      ...(matrix.beta !== null && { β: round(matrix.beta) }),
    })),
    notes,
  };
}

function mergedVerdict(loaded: LoadedAdapter): Verdict {
  try {
    for (const tensor of mergedTensors(loaded).values()) tensor.values();
    return { exact: true, reason: null };
  } catch (error) {
    if (error instanceof FailureError) return { exact: false, reason: error.message };
    throw error;
  }
}

type Shared = Omit<Description, 'exports' | 'magnitudes' | 'notes'>;

/** What is the same with and without the base. */
function described(
  adapter: string,
  { alone, folder, isEncoder, head }: CheckedAdapter,
  read: ReadAdapter | null,
  known: readonly string[] | undefined,
): Shared {
  const { block, files } = folder;
  const { scaling, settings } = alone;
  const type = String(files.config['peft_type']);
  const ranks = ranksOf(files.tensors, block !== null);
  const modules =
    settings.targetModules === null && !read?.headAdapted.length ? [] : (known ?? ranks.map(({ path }) => path));
  const saved = savedModules(files);
  const adapted = read?.headAdapted ?? [];
  const isIn = (prefix: string): boolean => [...saved, ...adapted].some((path) => `${path}.`.startsWith(`${prefix}.`));
  const { revision } = files.config;
  return {
    adapter,
    model: isEncoder ? 'encoder' : 'classifier',
    method: settings.name,
    peftType: type === LOMAP_TYPE ? null : type,
    rank: range(ranks.map(({ rank }) => rank)),
    budget: budgetOf(settings, ranks),
    loraAlpha: scaling.loraAlpha,
    scaling: range(scaling.values),
    targetModules: settings.targetModules,
    modules,
    parameters: counts(folder),
    head: { saved, adapted, ofBase: head.filter((prefix) => !isIn(prefix)) },
    base: {
      name: block && block.base.name.trim() !== '' ? block.base.name : baseName(files.config),
      revision: typeof revision === 'string' ? revision : null,
      sha256: block?.base.sha256 ?? null,
    },
    opensIn:
      type === LOMAP_TYPE
        ? 'LoMAP alone'
        : `HF PEFT, as ${type}${files.config['use_dora'] === true ? ' with use_dora' : ''}`,
    map: settings.map,
  };
}

/** One number where all are the same, null where there are none. */
function range(values: readonly number[]): number | Range | null {
  if (values.length === 0) return null;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? least : { least, most };
}

/** The trained tensors outside the head, and the head's. */
function ownTensors({ block, files }: AdapterFolder): ReadonlyMap<string, FileTensor> {
  const exact = [...files.tensors].filter(([key]) => key.startsWith(OWN_PREFIX));
  if (block && exact.length > 0) return new Map(exact.map(([key, tensor]) => [key.slice(OWN_PREFIX.length), tensor]));
  return new Map(
    [...files.tensors].filter(([key]) => {
      const at = parseKey(key);
      // A norm of the base's, which DeLoRA keeps beside.
      return at !== null && at.local !== 'delora_w_norm';
    }),
  );
}

/** Trained parameters that are in the file. */
function counts(folder: AdapterFolder): Description['parameters'] {
  const total = (tensors: Iterable<FileTensor>): number =>
    [...tensors].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const head = [...folder.files.tensors].filter(([key]) => key.startsWith(PEFT_PREFIX) && !parseKey(key));
  return { adapter: total(ownTensors(folder).values()), head: total(head.map(([, tensor]) => tensor)) };
}

/** α and β of each matrix as they are in the file: a number, or mean and range of a vector. */
function magnitudes(folder: AdapterFolder): Record<string, string | number>[] {
  const rows = new Map<string, Record<string, string | number>>();
  for (const [name, { data }] of ownTensors(folder)) {
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
  const [least, most] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return `${short(mean)} (${short(least)} to ${short(most)})`;
}
