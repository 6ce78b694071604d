/** HF PEFT's files without our block. */
import type { MethodSettings } from '../settings.ts';
import { moduleMatcher } from '../targets.ts';
import type { BaseModel, LinearModule } from '../types.ts';
import { evened, type Evened } from './evened.ts';
import { adaptedModules } from './modules.ts';
import { bareKey, parseKey, peftKey, projectionKey } from './names.ts';
import { peftConfig, peftSettings, type PeftConfig, type PeftSettings } from './peft-settings.ts';
import { adaloraAdapter } from './read-adalora.ts';
import { veraAdapter } from './read-vera.ts';
import { AdapterFileError, type AdapterFiles, type FileTensor, type FoundAdapter } from './types.ts';
import { hostWeight } from './weights.ts';

/** @throws AdapterFileError for a configuration that is not ours, or tensors that are not as it says. */
export function readPeft(
  model: BaseModel,
  { config, tensors }: AdapterFiles,
  configPath: string,
  tensorsPath: string,
): FoundAdapter {
  const parsed = peftConfig(config, configPath);
  const modules = adaptedModules(model, parsed.rules, configPath);
  const found = peftSettings(parsed, modules);
  checkRanks(found, modules, tensors, tensorsPath);
  if (parsed.type === 'DELORA') checkNorms(model, modules, tensors, tensorsPath);
  const even = evened(found, modules, tensors, configPath);
  const read = special(parsed, even, modules, tensorsPath);
  return {
    settings: { ...read.settings, ...targets(parsed, modules) },
    tensors: read.tensors,
    keyOf(name) {
      const dot = name.lastIndexOf('.');
      return (parsed.type === 'ADALORA' ? bareKey : peftKey)(name.slice(0, dot), name.slice(dot + 1));
    },
    beside: (key) => {
      if (parsed.type === 'VERA') return key === projectionKey.vera_A || key === projectionKey.vera_B;
      const at = parseKey(key);
      return parsed.type === 'DELORA' && at?.local === 'delora_w_norm' && modules.some(({ path }) => path === at.path);
    },
    notes: even.notes.concat(read.notes === even.notes ? [] : read.notes),
  };
}

/** The two types whose tensors depend on more than their matrix. */
function special(config: PeftConfig, even: Evened, modules: readonly LinearModule[], tensorsPath: string): Evened {
  if (config.type === 'VERA') return veraAdapter(even.settings, modules, even.tensors, tensorsPath);
  if (config.type === 'ADALORA') return adaloraAdapter(config.values, even, modules, tensorsPath);
  return even;
}

/** Names where they say the same to us as to PEFT, else the paths that PEFT adapts. */
function targets(
  { type, rules, values }: PeftConfig,
  modules: readonly LinearModule[],
): Pick<MethodSettings, 'targetModules' | 'feedforwardModules'> {
  const paths = modules.map(({ path }) => path);
  const plain = Array.isArray(rules.targets) && rules.excluded.length === 0 && rules.layers === null;
  const targetModules = plain ? (rules.targets as readonly string[]) : paths;
  if (type !== 'IA3') return { targetModules };
  const inner = values.names('feedforward_modules');
  // PEFT's rule here is the end of the path, with or without a dot.
  const isInner =
    typeof inner === 'string'
      ? moduleMatcher(inner, 'feedforward_modules')
      : (path: string) => inner.some((name) => path.endsWith(name));
  return { targetModules, feedforwardModules: paths.filter(isInner) };
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

/** DeLoRA keeps ‖W‖ by columns: other norms are another base. */
function checkNorms(
  model: BaseModel,
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
    const norms = hostWeight(model, module).norms('column');
    const other = saved.data.findIndex((norm, i) => !(Math.abs(norm - norms[i]!) <= NORM_TOLERANCE * norms[i]!));
    if (other < 0) continue;
    throw new AdapterFileError(
      `${where}: ${key} says that column ${other} of the base's weight has norm ${saved.data[other]}; here it is ${norms[other]}. ` +
        'The adapter is of another base model.',
    );
  }
}
