/** From defaults, a sweep file and flags to the settings of one cell (task, method). */
import type { MapSettings, TrialSettings } from '@lomap/results';
import { defaultSettings } from './defaults.ts';
import type { SweepFlags } from './flags.ts';
import type { Registry } from './registry.ts';
import type { MethodEntry, Overrides, PlainSweepFile } from './sweep-schema.ts';

/** A trial's settings before its seed, model, data and purpose are known. */
export type CellSettings = Pick<TrialSettings, 'task' | 'method' | 'training' | 'selection' | 'engine'>;

/** The values that are there replace those below; `undefined` changes nothing. */
function over<T extends object>(below: T, ...layers: readonly (object | undefined)[]): T {
  const merged: Record<string, unknown> = Object.fromEntries(Object.entries(below));
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer ?? {})) if (value !== undefined) merged[key] = value;
  }
  return merged as T;
}

/**
 * Whether a method has a setting. One without a rank has no update to drop inputs of. Settings of single methods are
 * absent from the defaults of those that may do without.
 */
function has(defaults: TrialSettings['method'], key: string, registry: Registry): boolean {
  if (key === 'adapterDropout') return defaults.rank !== null;
  if (!(key in defaults)) return registry.optionalSettings(defaults.name).includes(key);
  return defaults[key as keyof typeof defaults] !== null;
}

/** Settings that the base gives to all methods reach only those that have them: no rank for `head`. */
function applicable(defaults: TrialSettings['method'], shared: Overrides['method'], registry: Registry): object {
  const entries = Object.entries(shared ?? {}).filter(([key]) => has(defaults, key, registry));
  return Object.fromEntries(entries);
}

/**
 * The settings of one cell. Later layers win: defaults, base, the task's overrides, the method's entry, the method's
 * overrides, flags.
 */
export function resolveCell(
  file: Pick<PlainSweepFile, 'base' | 'tasksOverrides' | 'methodsOverrides'>,
  task: string,
  entry: MethodEntry,
  registry: Registry,
  flags: SweepFlags = {},
): CellSettings {
  const forTask = file.tasksOverrides?.[task];
  const forMethod = file.methodsOverrides?.[entry.label];
  const { label, name, training: entryTraining, ...own } = entry;
  const defaults = registry.methodDefaults(name);
  const layers = [
    applicable(defaults, file.base?.method, registry),
    applicable(defaults, forTask?.method, registry),
    own,
    forMethod?.method,
  ];
  const method = over(defaults, ...layers, { label, name, map: undefined });
  const map = defaults.map && over<MapSettings>(defaults.map, ...layers.map((layer) => mapOf(layer)));
  const fromFlags = { maxSteps: flags.maxSteps, maxTrainSamples: flags.maxTrainSamples };
  const { training, selection, engine } = defaultSettings;
  return {
    task,
    method: { ...method, map },
    training: over(training, file.base?.training, forTask?.training, entryTraining, forMethod?.training, fromFlags),
    selection: over(selection, file.base?.selection, forTask?.selection, forMethod?.selection),
    engine: over(engine, file.base?.engine, forTask?.engine, forMethod?.engine, { device: flags.device }),
  };
}

function mapOf(layer: object | undefined): object | undefined {
  return layer && 'map' in layer && typeof layer.map === 'object' && layer.map !== null ? layer.map : undefined;
}

/** Settings that a method's own entry or overrides give although the method has none of the kind, as key paths. */
export function inapplicable(entry: MethodEntry, forMethod: Overrides | undefined, registry: Registry): string[] {
  const defaults = registry.methodDefaults(entry.name);
  const { label: _label, name: _name, training: _training, ...own } = entry;
  return [...new Set([...Object.keys(own), ...Object.keys(forMethod?.method ?? {})])].filter(
    (key) => !has(defaults, key, registry),
  );
}
