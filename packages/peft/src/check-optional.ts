import type { Method } from './methods/method.ts';
import type { MethodSettings, OptionalSettings } from './settings.ts';

/** The keys that every method has, if only as null. */
const common: Readonly<Record<Exclude<keyof MethodSettings, keyof OptionalSettings>, true>> = {
  ...{ label: true, name: true, rank: true, loraAlpha: true, targetModules: true, adapterDropout: true, map: true },
};

/**
 * Refuses settings that a method has not, or that are not what its own must be.
 *
 * @throws RangeError naming the method, the key, and what was expected.
 */
export function checkOptionalSettings({ name, accepts = {} }: Method, settings: MethodSettings): void {
  for (const [key, value] of Object.entries(settings) as [string, unknown][]) {
    if (Object.hasOwn(common, key) || value === undefined) continue;
    const rule = Object.hasOwn(accepts, key) ? accepts[key] : undefined;
    if (!rule) {
      const keys = Object.keys(accepts);
      const known = keys.length > 0 ? `; of this kind it has ${keys.join(', ')}` : '';
      throw new RangeError(`Method ${name} has no ${key}${known}. Leave it out.`);
    }
    if (!rule.valid(value)) throw new RangeError(`${key} is ${rule.expected}, not ${JSON.stringify(value)}.`);
  }
}
