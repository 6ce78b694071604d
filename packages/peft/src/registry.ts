import { bitfit } from './methods/bitfit/bitfit.ts';
import { dora } from './methods/dora/dora.ts';
import { full } from './methods/full/full.ts';
import { head } from './methods/head/head.ts';
import { lomap } from './methods/lomap/lomap.ts';
import { lora } from './methods/lora/lora.ts';
import type { Method } from './methods/method.ts';
import { scratch } from './methods/scratch/scratch.ts';
import { nearest } from './nearest.ts';
import type { MethodSettings } from './settings.ts';

/** Every method, in the order of a table's rows. A new method is one entry here. */
const methods: readonly Method[] = [head, scratch, full, bitfit, lora, dora, lomap];

/** The registry's names, in the order of a table's rows. */
export function methodNames(): string[] {
  return methods.map(({ name }) => name);
}

/** @throws RangeError for an unknown name, naming near ones. */
export function findMethod(name: string): Method {
  const found = methods.find((method) => method.name === name);
  if (found) return found;
  const near = nearest(name, methodNames());
  throw new RangeError(
    `Unknown method ${JSON.stringify(name)}. Near names: ${near.join(', ')}; all: ${methodNames().join(', ')}.`,
  );
}

/** A method's default settings. */
export function methodDefaults(name: string): MethodSettings {
  return findMethod(name).defaults;
}

/**
 * Refuses settings that do not fit their method.
 *
 * @throws RangeError naming the method, the key, and what was expected.
 */
export function checkMethod(settings: MethodSettings): Method {
  const method = findMethod(settings.name);
  for (const key of ['rank', 'loraAlpha', 'targetModules', 'map'] as const) {
    const needed = method.needs.includes(key);
    if (needed && settings[key] === null) throw new RangeError(`Method ${method.name} needs ${key}.`);
    if (!needed && settings[key] !== null) throw new RangeError(`Method ${method.name} has no ${key}; set it to null.`);
  }
  const { adapterDropout, loraAlpha } = settings;
  if (!(adapterDropout >= 0 && adapterDropout < 1)) {
    throw new RangeError(`adapterDropout is in [0, 1), not ${adapterDropout}.`);
  }
  if (adapterDropout > 0 && method.needs.length === 0) {
    throw new RangeError(`Method ${method.name} has no adapter to drop inputs of; set adapterDropout to 0.`);
  }
  if (loraAlpha !== null && !(Number.isFinite(loraAlpha) && loraAlpha > 0)) {
    throw new RangeError(`loraAlpha is a finite number > 0, not ${loraAlpha}.`);
  }
  return method;
}
