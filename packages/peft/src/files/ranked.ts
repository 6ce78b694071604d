/** What forms with a rank share: keys that are written, and ranks and scalings by module as a configuration says them. */
import { isCount } from './config-values.ts';
import type { ConfigOfModules, PeftSettings } from './form.ts';
import { byPattern } from './modules.ts';
import { AdapterFileError, type UpdateScaling } from './types.ts';

export const layers = { layers_pattern: null, layers_to_transform: null };
export const patterns = { rank_pattern: {}, alpha_pattern: {} };

/** What is said of a form without a scaling. */
export const UNSCALED: UpdateScaling = { loraAlpha: null, values: [] };

/** Settings of a method of the registry; what a method has not is null. */
export function named(name: string, more: Partial<PeftSettings['settings']>): PeftSettings['settings'] {
  return { ...{ label: name, name, rank: null, loraAlpha: null, adapterDropout: 0, map: null }, ...more };
}

/**
 * A number of each module that is read: its pattern's, or the fallback.
 *
 * @throws AdapterFileError for a pattern that matches nothing.
 */
export function byModule(
  { values, all, chosen }: ConfigOfModules,
  key: string,
  fallback: number,
): ReadonlyMap<string, number> {
  const found = byPattern(all, values.pattern(key), fallback, key, values.where);
  return new Map(chosen.map(({ path }) => [path, found.get(path)!]));
}

/** `r` and `rank_pattern`, and the largest of these ranks. */
export function ranksIn(config: ConfigOfModules): {
  readonly ranks: ReadonlyMap<string, number>;
  readonly rank: number;
} {
  const { values } = config;
  const ranks = byModule(config, 'rank_pattern', values.count('r', 8));
  for (const [path, rank] of ranks) {
    if (isCount(rank)) continue;
    throw new AdapterFileError(
      `${values.where}: rank_pattern gives ${path} the rank ${rank}; expected a whole number of at least 1.`,
    );
  }
  return { ranks, rank: Math.max(...ranks.values()) };
}

/**
 * Ranks and scalings α/r, or α/√r.
 *
 * @param key the configuration's name of α
 */
export function scalingsIn(
  config: ConfigOfModules,
  key: 'alpha' | 'lora_alpha',
  useRslora = false,
): Omit<PeftSettings, 'settings'> & { readonly scaled: { readonly rank: number; readonly loraAlpha: number } } {
  const { values } = config;
  const { ranks, rank } = ranksIn(config);
  const alphas = byModule(config, 'alpha_pattern', values.positive(key, 8));
  for (const [path, value] of alphas) {
    if (value > 0) continue;
    throw new AdapterFileError(`${values.where}: alpha_pattern gives ${path} ${value}; expected a number > 0.`);
  }
  const scalings = new Map(
    [...ranks].map(([path, r]) => [path, alphas.get(path)! / (useRslora ? Math.sqrt(r) : r)] as const),
  );
  const loraAlpha = alphas.values().next().value!;
  const isSame = new Set(alphas.values()).size === 1;
  return {
    ...{ ranks, scalings, scaled: { rank, loraAlpha } },
    scaling: { loraAlpha: isSame ? loraAlpha : null, values: [...new Set(scalings.values())] },
  };
}
