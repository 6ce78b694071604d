/** HF PEFT's files without our block. */
import { methodDefaults } from '../registry.ts';
import type { MethodSettings } from '../settings.ts';
import { inHead } from '../targets.ts';
import type { BaseModel, LinearModule } from '../types.ts';
import { evened } from './evened.ts';
import type { Evened, PeftForm, PeftSettings } from './form.ts';
import { keyIn, parseKey } from './forms.ts';
import { adaptedModules } from './modules.ts';
import { OWN } from './names.ts';
import { peftConfig, type PeftConfig } from './peft-settings.ts';
import type { ReadOptions } from './read.ts';
import { AdapterFileError, type AdapterFiles, type FileTensor, type FoundAdapter } from './types.ts';

/** @throws AdapterFileError for a configuration that is not ours, or tensors that are not as it says. */
export function readPeft(
  model: BaseModel,
  { config, tensors }: AdapterFiles,
  { configPath, tensorsPath, isInferred }: Omit<ReadOptions, 'block'>,
): FoundAdapter {
  const parsed = peftConfig(config, configPath);
  const { form, values } = parsed;
  const modules = adaptedModules(model, parsed.rules, configPath);
  const found = form.settings({ values, all: modules, chosen: modules });
  checkRanks(form, found, modules, tensors, tensorsPath);
  form.check?.(isInferred ? null : model, modules, tensors, tensorsPath);
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
    settings: body.settings ? { ...body.settings, ...targets(model, parsed, body.modules) } : methodDefaults('head'),
    head: head.settings && { ...head.settings, ...paths(parsed, head.modules) },
    tensors: head.tensors,
    scaling: found.scaling,
    keyOf(name) {
      const dot = name.lastIndexOf('.');
      return keyIn(form, name.slice(0, dot), name.slice(dot + 1));
    },
    beside: (key) => {
      if (key.startsWith(OWN) || form.shared?.includes(key)) return true;
      const at = parseKey(key);
      return at !== null && form.derived?.includes(at.local) === true && modules.some(({ path }) => path === at.path);
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
  const { form, values } = of.parsed;
  const config = { values, all: of.modules, chosen };
  const even = evened(form, form.settings(config), chosen, tensors, of.configPath);
  const read = form.restored?.(even, config, of.tensorsPath) ?? even;
  return { ...read, modules: chosen, notes: [...new Set([...even.notes, ...read.notes])] };
}

/** The names where they say the same to us as to PEFT, else the paths that PEFT adapts. */
function targets(
  model: BaseModel,
  config: PeftConfig,
  modules: readonly LinearModule[],
): Partial<MethodSettings> & Pick<MethodSettings, 'targetModules'> {
  const exact = paths(config, modules);
  const named = config.rules.targets;
  const isSame = typeof named !== 'string' && sameModules(model, named, exact.targetModules);
  return isSame ? { ...exact, targetModules: named } : exact;
}

/** The modules by their paths. */
function paths(
  { form, values }: PeftConfig,
  modules: readonly LinearModule[],
): ReturnType<NonNullable<PeftForm['paths']>> & { readonly targetModules: readonly string[] } {
  const targetModules = modules.map(({ path }) => path);
  return { targetModules, ...form.paths?.(values, targetModules) };
}

/** Whether each name is one of an adapted module, and all of them together name these modules outside the head. */
function sameModules({ linears, head }: BaseModel, names: readonly string[], paths: readonly string[]): boolean {
  const each = names.map((name) => (path: string) => `.${path}`.endsWith(`.${name}`));
  return (
    each.every((matches) => paths.some(matches)) &&
    linears.every(({ path }) => inHead(head, path) || paths.includes(path) === each.some((matches) => matches(path)))
  );
}

/** Each matrix's tensors by its own rank. */
function checkRanks(
  form: PeftForm,
  { ranks }: PeftSettings,
  modules: readonly LinearModule[],
  tensors: ReadonlyMap<string, FileTensor>,
  where: string,
): void {
  for (const { path } of modules) {
    for (const [local, axis] of Object.entries(form.rankAxes ?? {})) {
      const key = keyIn(form, path, local);
      const tensor = tensors.get(key);
      if (!tensor || (tensor.shape.length === 2 && tensor.shape[axis] === ranks.get(path))) continue;
      throw new AdapterFileError(
        `${where}: ${key} has shape [${tensor.shape.join(', ')}], but its rank is ${ranks.get(path)} by adapter_config.json. ` +
          'Are both files of one adapter?',
      );
    }
  }
}
