/** Adapters out of files: our own with their block, bit for bit, and HF PEFT's as far as our methods are theirs. */
import { sizeOf } from '@lomap/compile';
import { adapt } from '../adapt.ts';
import { updateScaling } from '../registry.ts';
import type { MethodSettings } from '../settings.ts';
import { inHead } from '../targets.ts';
import type { BaseModel } from '../types.ts';
import { checkView, isOursAlone } from './check-view.ts';
import { collect } from './collect.ts';
import { directForm, keyIn } from './forms.ts';
import { OWN, PREFIX } from './names.ts';
import { readPeft } from './read-peft.ts';
import {
  AdapterFileError,
  type AdapterFiles,
  type FoundAdapter,
  type LomapBlock,
  type UpdateScaling,
} from './types.ts';

/** An adapter of a base model. */
export interface ReadAdapter {
  readonly settings: MethodSettings;
  /** In the order of the adaptation's specs. */
  readonly params: Float32Array[];
  /** What was not as our settings say it, a sentence each. */
  readonly notes: readonly string[];
  /** Modules of the head that the files lack: their values are the base's. */
  readonly headOfBase: readonly string[];
  /** Modules of the head that the files adapt: their values are the base's with what the adapter does to them. */
  readonly headAdapted: readonly string[];
  readonly scaling: UpdateScaling;
}

export interface ReadOptions {
  /** Our block, checked; null for files of another program. */
  readonly block: LomapBlock | null;
  /** The files' paths, for messages. */
  readonly configPath: string;
  readonly tensorsPath: string;
  /** Whether the model is inferred from the files: it has no values, and zeros stand for the base's. Default false. */
  readonly isInferred?: boolean;
}

/**
 * The adapter of these files on this model. A module of the task head that the files adapt is read as its adapted weight:
 * a head trains in full here.
 *
 * @throws AdapterFileError for what is missing, extra, of another shape or not finite, for settings that are not ours,
 * for another base model, and for a form of PEFT's beside our block that is another adapter.
 */
export function readAdapter(model: BaseModel, files: AdapterFiles, options: ReadOptions): ReadAdapter {
  const { block, configPath, tensorsPath, isInferred = false } = options;
  const read = block ? readOwn(files, block) : readPeft(model, files, options);
  const { specs } = adaptation(model, read.settings, configPath);
  const head = read.head && adaptation({ ...model, head: [] }, read.head, configPath);
  const inner = new Set(head?.specs.map(({ name }) => name));
  const headAdapted = (read.head?.targetModules ?? []) as readonly string[];
  const saved = (name: string): boolean => {
    const path = name.slice(0, name.lastIndexOf('.'));
    return read.tensors.has(`${PREFIX}${path}.weight`) || read.tensors.has(`${PREFIX}${path}.bias`);
  };
  const promised = files.config['modules_to_save'];
  const headOfBase = new Set<string>();
  const keyOf = ({ name }: { readonly name: string }): string | null => {
    if (inner.has(name) || !inHead(model.head, name)) return read.keyOf(name);
    const path = name.slice(0, name.lastIndexOf('.'));
    if (headAdapted.includes(path)) return null;
    if (saved(name) || isPromised(promised, path)) return `${PREFIX}${name}`;
    headOfBase.add(path);
    return null;
  };
  const all = [...specs, ...(head?.specs ?? [])];
  const values = collect(all, read.tensors, keyOf, read.beside, tensorsPath, isInferred);
  // What an adapter's spec asks for is there.
  const merged = isInferred ? null : head?.merge(values.slice(specs.length) as Float32Array[]);
  for (const [name, data] of merged ?? []) {
    const broken = data.findIndex((value) => !Number.isFinite(value));
    if (broken < 0) continue;
    throw new AdapterFileError(`${tensorsPath}: by its adapter ${name} would hold ${data[broken]} at ${broken}.`);
  }
  const params = specs.map(({ name, shape }, i) => {
    const value = values[i] ?? merged?.get(name);
    if (value) return value;
    return isInferred ? new Float32Array(sizeOf(shape)) : Float32Array.from(model.read(name));
  });
  const { settings, notes, scaling } = read;
  if (block && !isInferred) checkView({ model, settings, params, base: block.base }, files, options);
  return { settings, params, notes, headOfBase: [...headOfBase], headAdapted, scaling };
}

/** What a method's settings say of its scaling, which all matrices share. */
export function scalingOf(settings: MethodSettings): UpdateScaling {
  const s = updateScaling(settings);
  return s === null ? { loraAlpha: null, values: [] } : { loraAlpha: settings.loraAlpha, values: [s] };
}

/** The file with our block: our tensors, beside those of PEFT's form. */
function readOwn(files: AdapterFiles, { method: settings }: LomapBlock): FoundAdapter {
  const form = directForm(settings);
  const hasView = !isOursAlone(files, settings);
  return {
    settings,
    head: null,
    tensors: files.tensors,
    scaling: scalingOf(settings),
    keyOf(name) {
      if (form === null) return `${OWN}${name}`;
      const dot = name.lastIndexOf('.');
      return keyIn(form, name.slice(0, dot), name.slice(dot + 1));
    },
    // Which those of PEFT's form are is settled by their values' check.
    beside: (key) => hasView && !key.startsWith(OWN),
    notes: [],
  };
}

/** Whether modules_to_save names a module or one around it. */
function isPromised(saved: unknown, path: string): boolean {
  return Array.isArray(saved) && saved.some((name) => typeof name === 'string' && `.${path}.`.includes(`.${name}.`));
}

function adaptation(model: BaseModel, settings: MethodSettings, where: string): ReturnType<typeof adapt> {
  return checked(where, () => adapt(model, settings));
}

/** A RangeError of settings is an error of the file that holds them. */
function checked<T>(where: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) throw new AdapterFileError(`${where}: ${error.message}`);
    throw error;
  }
}
