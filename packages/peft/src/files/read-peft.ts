/** HF PEFT's files without our block. */
import { methodDefaults } from '../registry.ts';
import type { MethodSettings } from '../settings.ts';
import { inHead } from '../targets.ts';
import type { BaseModel, LinearModule } from '../types.ts';
import { evened, type Evened } from './evened.ts';
import { adaptedModules, matcher } from './modules.ts';
import { bareKey, OWN, parseKey, peftKey, projectionKey } from './names.ts';
import { peftConfig, peftSettings, type PeftConfig, type PeftSettings } from './peft-settings.ts';
import type { ReadOptions } from './read.ts';
import { adaloraAdapter } from './read-adalora.ts';
import { veraAdapter } from './read-vera.ts';
import { AdapterFileError, type AdapterFiles, type FileTensor, type FoundAdapter } from './types.ts';
import { hostWeight } from './weights.ts';

/** @throws AdapterFileError for a configuration that is not ours, or tensors that are not as it says. */
export function readPeft(
  model: BaseModel,
  { config, tensors }: AdapterFiles,
  { configPath, tensorsPath, isInferred }: Omit<ReadOptions, 'block'>,
): FoundAdapter {
  const parsed = peftConfig(config, configPath);
  const modules = adaptedModules(model, parsed.rules, configPath);
  const found = peftSettings(parsed, modules);
  checkRanks(found, modules, tensors, tensorsPath);
  if (parsed.type === 'DELORA') checkNorms(isInferred ? null : model, modules, tensors, tensorsPath);
  const isHead = ({ path }: LinearModule): boolean => inHead(model.head, path);
  const parts = { parsed, modules, configPath, tensorsPath };
  const body = part(
    parts,
    modules.filter((module) => !isHead(module)),
    tensors,
  );
  const head = part(parts, modules.filter(isHead), body.tensors);
  const ownLeft = [...tensors.keys()].some((key) => key.startsWith(OWN));
  return {
    settings: body.settings
      ? { ...body.settings, ...targets(model, parsed, body.modules, configPath) }
      : methodDefaults('head'),
    head: head.settings && { ...head.settings, ...paths(parsed, head.modules, configPath) },
    tensors: head.tensors,
    scaling: found.scaling,
    keyOf(name) {
      const dot = name.lastIndexOf('.');
      return (parsed.type === 'ADALORA' ? bareKey : peftKey)(name.slice(0, dot), name.slice(dot + 1));
    },
    beside: (key) => {
      if (key.startsWith(OWN)) return true;
      if (parsed.type === 'VERA') return key === projectionKey.vera_A || key === projectionKey.vera_B;
      const at = parseKey(key);
      return parsed.type === 'DELORA' && at?.local === 'delora_w_norm' && modules.some(({ path }) => path === at.path);
    },
    notes: [
      ...new Set([...body.notes, ...head.notes]),
      ...(ownLeft
        ? [
            `${tensorsPath} holds LoMAP's tensors too; without their block "lomap" in ${configPath} they are passed over.`,
          ]
        : []),
    ],
  };
}

/** Some of the adapted modules, as an adapter of their own; no settings for none of them. */
interface Part {
  readonly modules: readonly LinearModule[];
  readonly settings: Evened['settings'] | null;
  /** All of the file's, with those of these modules as the settings say them. */
  readonly tensors: AdapterFiles['tensors'];
  readonly notes: readonly string[];
}

function part(
  of: {
    readonly parsed: PeftConfig;
    readonly modules: readonly LinearModule[];
    readonly configPath: string;
    readonly tensorsPath: string;
  },
  chosen: readonly LinearModule[],
  tensors: AdapterFiles['tensors'],
): Part {
  if (chosen.length === 0) return { modules: chosen, settings: null, tensors, notes: [] };
  const even = evened(peftSettings(of.parsed, of.modules, chosen), chosen, tensors, of.configPath);
  const read = special(of.parsed, even, of.modules, chosen, of.tensorsPath);
  return { ...read, modules: chosen, notes: [...new Set([...even.notes, ...read.notes])] };
}

/** The two types whose tensors depend on more than their matrix. */
function special(
  config: PeftConfig,
  even: Evened,
  all: readonly LinearModule[],
  modules: readonly LinearModule[],
  tensorsPath: string,
): Evened {
  if (config.type === 'VERA') return veraAdapter(even.settings, all, modules, even.tensors, tensorsPath);
  if (config.type === 'ADALORA') return adaloraAdapter(config.values, even, all, tensorsPath);
  return even;
}

/** The names where they say the same to us as to PEFT, else the paths that PEFT adapts. */
function targets(
  model: BaseModel,
  config: PeftConfig,
  modules: readonly LinearModule[],
  configPath: string,
): Pick<MethodSettings, 'targetModules' | 'feedforwardModules'> {
  const exact = paths(config, modules, configPath);
  const named = config.rules.targets;
  const isSame = typeof named !== 'string' && sameModules(model, named, exact.targetModules);
  return isSame ? { ...exact, targetModules: named } : exact;
}

/** The modules by their paths. */
function paths(
  { type, values }: PeftConfig,
  modules: readonly LinearModule[],
  configPath: string,
): { readonly targetModules: readonly string[]; readonly feedforwardModules?: readonly string[] } {
  const targetModules = modules.map(({ path }) => path);
  if (type !== 'IA3') return { targetModules };
  const inner = values.names('feedforward_modules');
  // PEFT's rule here is the end of the path, with or without a dot.
  const isInner =
    typeof inner === 'string'
      ? matcher(inner, 'feedforward_modules', configPath)
      : (path: string) => inner.some((name) => path.endsWith(name));
  return { targetModules, feedforwardModules: targetModules.filter(isInner) };
}

/** Whether each name is one of an adapted module, and all of them together name these modules outside the head. */
function sameModules({ linears, head }: BaseModel, names: readonly string[], paths: readonly string[]): boolean {
  const each = names.map((name) => (path: string) => `.${path}`.endsWith(`.${name}`));
  return (
    each.every((matches) => paths.some(matches)) &&
    linears.every(({ path }) => inHead(head, path) || paths.includes(path) === each.some((matches) => matches(path)))
  );
}

/** Where the rank is in a matrix's tensors, for the check of each by its own rank. */
const rankOf: Readonly<Record<string, (shape: readonly number[]) => number | undefined>> = {
  lora_A: (shape) => shape[0],
  lora_B: (shape) => shape[1],
  hada_w1_a: (shape) => shape[1],
  hada_w1_b: (shape) => shape[0],
  hada_w2_a: (shape) => shape[1],
  hada_w2_b: (shape) => shape[0],
};

function checkRanks(
  { ranks }: PeftSettings,
  modules: readonly LinearModule[],
  tensors: ReadonlyMap<string, FileTensor>,
  where: string,
): void {
  for (const { path } of modules) {
    for (const [local, rank] of Object.entries(rankOf)) {
      const key = peftKey(path, local);
      const tensor = tensors.get(key);
      if (!tensor || (tensor.shape.length === 2 && rank(tensor.shape) === ranks.get(path))) continue;
      throw new AdapterFileError(
        `${where}: ${key} has shape [${tensor.shape.join(', ')}], but its rank is ${ranks.get(path)} by adapter_config.json. ` +
          'Are both files of one adapter?',
      );
    }
  }
}

/** How far DeLoRA's saved norms may be from the base's: rounding of another program, or of 16 bits. */
const NORM_TOLERANCE = 1e-2;

/** DeLoRA keeps ‖W‖ by columns: other norms are another base. Without a model they are only there. */
function checkNorms(
  model: BaseModel | null,
  modules: readonly LinearModule[],
  tensors: ReadonlyMap<string, FileTensor>,
  where: string,
): void {
  for (const module of modules) {
    const key = peftKey(module.path, 'delora_w_norm');
    const saved = tensors.get(key);
    if (!saved) throw new AdapterFileError(`${where}: ${key} is missing; expected shape [${module.in}].`);
    if (saved.shape.join() !== `${module.in}`) {
      throw new AdapterFileError(
        `${where}: ${key} has shape [${saved.shape.join(', ')}]; expected [${module.in}]. Is the adapter of another base model?`,
      );
    }
    if (!model) continue;
    const norms = hostWeight(model, module).norms('column');
    const other = saved.data.findIndex((norm, i) => !(Math.abs(norm - norms[i]!) <= NORM_TOLERANCE * norms[i]!));
    if (other < 0) continue;
    throw new AdapterFileError(
      `${where}: ${key} says that column ${other} of the base's weight has norm ${saved.data[other]}; here it is ${norms[other]}. ` +
        'The adapter is of another base model.',
    );
  }
}
