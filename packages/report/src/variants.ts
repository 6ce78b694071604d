import type { TrialSettings } from '@lomap/results';

/** Settings that name a cell of the table or follow from its task, and so never tell two rows apart. */
const CELL_KEYS = ['task', 'seed', 'method.label'];

/**
 * Tells apart trials that would fall into one cell of a table: same label, task and seed, yet other settings (a sweep
 * file changed between two runs, two models in one folder).
 *
 * Gives each result the settings in which the trials of its label disagree, as text, `training.epochs=1`; empty for
 * the usual label whose trials never collide. `ignored` keys do not count as a disagreement.
 */
export function variantsOf<T extends { readonly trial: { readonly settings: TrialSettings } }>(
  results: readonly T[],
  ignored: readonly string[] = [],
): Map<T, string> {
  const cells = new Map<string, Map<string, string>[]>();
  const flat = new Map(results.map((result) => [result, flatten(result.trial.settings)]));
  for (const [result, settings] of flat) {
    const { task, seed, method } = result.trial.settings;
    const cell = JSON.stringify([method.label, task, seed]);
    cells.set(cell, [...(cells.get(cell) ?? []), settings]);
  }

  const disputed = new Map<string, Set<string>>();
  for (const [cell, trials] of cells) {
    const label = (JSON.parse(cell) as [string])[0];
    const keys = disputed.get(label) ?? new Set<string>();
    disputed.set(label, keys);
    for (const key of new Set(trials.flatMap((settings) => [...settings.keys()]))) {
      if (ignored.includes(key) || CELL_KEYS.includes(key)) continue;
      if (new Set(trials.map((settings) => settings.get(key))).size > 1) keys.add(key);
    }
  }

  const variants = new Map<T, string>();
  for (const [result, settings] of flat) {
    const keys = shorten([...disputed.get(result.trial.settings.method.label)!]).sort();
    variants.set(result, keys.map((key) => `${key}=${show(settings.get(key))}`).join(', '));
  }
  return variants;
}

/** A model's name says enough; its hash and type only matter where the names agree. */
function shorten(keys: string[]): string[] {
  return keys.includes('model.name') ? keys.filter((key) => key !== 'model.sha256' && key !== 'model.type') : keys;
}

function show(json: string | undefined): string {
  const text = (json ?? 'none').replace(/^"(.*)"$/, '$1');
  return /^[0-9a-f]{64}$/.test(text) ? text.slice(0, 12) : text;
}

/** Every leaf of the settings by its path, as JSON. */
export function flatten(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    for (const [key, item] of Object.entries(value)) flatten(item, path === '' ? key : `${path}.${key}`, into);
  } else {
    into.set(path, JSON.stringify(value));
  }
  return into;
}
