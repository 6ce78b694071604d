/** Which modules an adapter's configuration names, by HF PEFT's rules. */
import { fullMatch } from '../expression.ts';
import { moduleMatcher } from '../targets.ts';
import type { BaseModelShapes, LinearModule } from '../types.ts';
import type { BoundAdapter } from './bound.ts';
import type { PeftForm } from './form.ts';
import { AdapterFileError } from './types.ts';

/**
 * `target_modules`, and what a form has beside them, as PEFT reads them. A list is written as it is; a regular expression as
 * the paths that it matched, since Python's differ from JavaScript's.
 */
export function peftModules(
  { modules, settings }: BoundAdapter,
  form: PeftForm | null,
): Record<string, readonly string[]> {
  const { targetModules } = settings;
  const paths = modules.map(({ path }) => path);
  const targets = Array.isArray(targetModules) ? (targetModules as readonly string[]) : paths;
  return form?.modules?.(targets, paths, settings) ?? { target_modules: targets };
}

/** What a configuration of PEFT's says of modules. */
export interface ModuleRules {
  readonly targets: string | readonly string[];
  readonly excluded: string | readonly string[];
  /** Numbers of layers; null for all. */
  readonly layers: readonly number[] | null;
  /** Names of the list of layers; empty for any. */
  readonly layersPattern: readonly string[];
  readonly saved: readonly string[];
  /** Whether the model classifies sequences, by its task: `all-linear` leaves out its classifier then. */
  readonly classifies: boolean;
}

/**
 * The linear modules that PEFT adapts by these rules, in the model's order, those of the task head among them.
 *
 * @throws AdapterFileError where they match none.
 */
export function adaptedModules(
  model: Pick<BaseModelShapes, 'linears'>,
  rules: ModuleRules,
  where: string,
): LinearModule[] {
  const { targets } = rules;
  const all = targets === 'all-linear';
  // PEFT takes a path that is named in full whatever its layer is.
  const inFull = (path: string): boolean => typeof targets !== 'string' && targets.includes(path);
  const matches = all ? () => true : matcher(targets, 'target_modules', where);
  const excluded = rules.excluded.length > 0 ? matcher(rules.excluded, 'exclude_modules', where) : () => false;
  const saved = (path: string): boolean => rules.saved.some((name) => `.${path}.`.includes(`.${name}.`));
  const found = model.linears.filter(
    ({ path }) =>
      matches(path) &&
      !excluded(path) &&
      !saved(path) &&
      !(all && rules.classifies && path === 'classifier') &&
      (rules.layers === null || inFull(path) || rules.layers.includes(layerOf(path, rules.layersPattern) ?? -1)),
  );
  if (found.length === 0) {
    throw new AdapterFileError(
      `${where}: target_modules ${JSON.stringify(targets)} match none of the ${model.linears.length} linear modules, ` +
        `such as ${model.linears[0]?.path}. Is the adapter of another base model?`,
    );
  }
  return found;
}

/**
 * Whether a path is one that these names, or this expression, name; of an expression, as a whole or by its end.
 *
 * @throws AdapterFileError for what is no expression; the function throws it for one that backtracks for long.
 */
export function matcher(
  names: string | readonly string[],
  key: string,
  where: string,
  of: 'whole' | 'end' = 'whole',
): (path: string) => boolean {
  const told = <T>(work: () => T, more: string): T => {
    try {
      return work();
    } catch (error) {
      throw new AdapterFileError(`${where}: ${(error as Error).message}${more}`);
    }
  };
  const matches = told(
    () => (typeof names === 'string' ? fullMatch(names, key, of) : moduleMatcher(names, key)),
    ' Python and JavaScript differ there: name the modules in a list.',
  );
  return (path) => told(() => matches(path), '');
}

/** The layer's number: after a name of the pattern, else the first number of the path. */
function layerOf(path: string, names: readonly string[]): number | null {
  const parts = path.split('.');
  const at = parts.findIndex(
    (part, i) => i > 0 && /^\d+$/.test(part) && (names.length === 0 || names.includes(parts[i - 1]!)),
  );
  return at < 0 || at === parts.length - 1 ? null : Number(parts[at]);
}

/**
 * A module's value by PEFT's patterns: the first whose expression matches the path or its end after a dot.
 *
 * @throws AdapterFileError for an expression that is none, that backtracks for long, or that matches no adapted module.
 */
export function byPattern(
  modules: readonly LinearModule[],
  patterns: ReadonlyMap<string, number>,
  fallback: number,
  key: string,
  where: string,
): Map<string, number> {
  const values = new Map<string, number>();
  for (const [expression, value] of patterns) {
    const matches = matcher(expression, key, where, 'end');
    const matched = modules.filter(({ path }) => matches(path));
    if (matched.length === 0) {
      throw new AdapterFileError(
        `${where}: ${key} ${JSON.stringify(expression)} matches none of the ${modules.length} adapted modules, such as ${modules[0]?.path}. Correct it, or take it out.`,
      );
    }
    for (const { path } of matched) if (!values.has(path)) values.set(path, value);
  }
  return new Map(modules.map(({ path }) => [path, values.get(path) ?? fallback]));
}
