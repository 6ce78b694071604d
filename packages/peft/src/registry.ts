import { nearest } from '@lomap/files';
import { checkOptionalSettings } from './check-optional.ts';
import { adalora, adaloraUpdate } from './methods/adalora/adalora.ts';
import { bitfit } from './methods/bitfit/bitfit.ts';
import { bora } from './methods/bora/bora.ts';
import { couple, type Join, type UpdateKind } from './methods/couple.ts';
import { delora, deloraUpdate } from './methods/delora/delora.ts';
import { dora } from './methods/dora/dora.ts';
import { flora, floraUpdate } from './methods/flora/flora.ts';
import { edora, edoraUpdate } from './methods/edora/edora.ts';
import { full } from './methods/full/full.ts';
import { head } from './methods/head/head.ts';
import { ia3 } from './methods/ia3/ia3.ts';
import { magnitude, map, twoMagnitudes } from './methods/joins.ts';
import { liera, lieraUpdate } from './methods/liera/liera.ts';
import { loha, lohaUpdate } from './methods/loha/loha.ts';
import { lokr, lokrUpdate } from './methods/lokr/lokr.ts';
import { lomap } from './methods/lomap/lomap.ts';
import { lora } from './methods/lora/lora.ts';
import { lotr, lotrUpdate } from './methods/lotr/lotr.ts';
import type { Method } from './methods/method.ts';
import type { SettingRules } from './methods/setting.ts';
import { scratch } from './methods/scratch/scratch.ts';
import { vera, veraUpdate } from './methods/vera/vera.ts';
import type { MethodSettings } from './settings.ts';

/** Updates beside LoRA's; each is coupled with DoRA's magnitude, with BoRA's two and with MAP. A new update is one entry here. */
const updates: readonly UpdateKind[] = [
  ...[lohaUpdate, lokrUpdate, veraUpdate, deloraUpdate, floraUpdate, lieraUpdate, lotrUpdate],
];

/** What goes under each composition: those updates, and others. EDoRA's core under DoRA's magnitude is `edora`. */
const coupled = {
  dora: [...updates, adaloraUpdate],
  bora: [...updates, adaloraUpdate, edoraUpdate],
  map: [...updates, edoraUpdate],
} as const satisfies Readonly<Record<string, readonly UpdateKind[]>>;

/** The methods' own names of couplings that have one. */
const named: Readonly<Record<string, string>> = {
  'dora+lora': 'dora',
  'bora+lora': 'bora',
  'map+lora': 'lomap',
  'dora+edora': 'edora',
};

/** What an update says of itself is in the words of the method of its name. */
const alone: readonly Method[] = [loha, lokr, vera, delora, flora, liera, lotr, adalora, edora];

/** `join+update`, in its parts' words. */
function coupling(prefix: string, join: Join, update: UpdateKind): Method {
  const [how, what] = [join.about, alone.find(({ name }) => name === update.name)?.about];
  if (!how || !what) throw new Error(`Nothing is written of the parts of ${prefix}+${update.name}.`);
  return couple(`${prefix}+${update.name}`, join, update, {
    about: {
      title: `${how.title} + ${what.title}`,
      what: `the update of ${update.name} ${how.what}`,
      source: `${how.source}; the update: ${what.source}`,
      page: 'docs/methods/couplings.md',
    },
  });
}

/** The methods that join a method's update to W in other ways than it does; none for one without an update. */
export function couplings(name: string): string[] {
  const joined = Object.keys(coupled).map((join) => named[`${join}+${name}`] ?? `${join}+${name}`);
  return joined.filter((other) => other !== name && methodNames().includes(other));
}

/** Every method, in the order of a table's rows. A new method is one entry here. */
const methods: readonly Method[] = [
  ...[head, scratch, full, bitfit, ia3],
  ...[lora, loha, lokr, vera, delora, flora, liera, lotr, adalora],
  ...[dora, bora, edora],
  ...coupled.dora.map((update) => coupling('dora', magnitude, update)),
  ...coupled.bora.map((update) => coupling('bora', twoMagnitudes, update)),
  ...coupled.map.map((update) => coupling('map', map, update)),
  lomap,
];

/** Methods from outside, in the order of their registration. */
const registered: Method[] = [];

/** The registry's methods, in the order of a table's rows: those of this package, then those that were registered. */
export function allMethods(): readonly Method[] {
  return [...methods, ...registered];
}

/**
 * Adds a method of one's own, for this process. From then on it is one of the registry's: adapted, listed, checked in sweep files,
 * and named in print by its title; its form in HF PEFT is read and written.
 *
 * @throws RangeError for a name that the registry has, one that names no folder, or defaults of another method or that it refuses.
 */
export function registerMethod(method: Method): void {
  const { name, defaults } = method;
  if (!/^[A-Za-z0-9][A-Za-z0-9._+-]{0,40}$/.test(name)) {
    throw new RangeError(`A method's name is of letters, digits, ".", "_", "+" and "-", not ${JSON.stringify(name)}.`);
  }
  checkMethod(defaults, method);
  registered.push(method);
}

/** The registry's names, in the order of a table's rows. */
export function methodNames(): string[] {
  return allMethods().map(({ name }) => name);
}

/** @throws RangeError for an unknown name, naming near ones; for a coupling that there is not, with the reason. */
export function findMethod(name: string): Method {
  const found = allMethods().find((method) => method.name === name);
  if (found) return found;
  const reason = couplingRefused(name);
  if (reason !== null) throw new RangeError(`Method ${JSON.stringify(name)}: ${reason}`);
  const near = nearest(name, methodNames());
  throw new RangeError(
    `Unknown method ${JSON.stringify(name)}. Near names: ${near.join(', ')}; all: ${methodNames().join(', ')}.`,
  );
}

/** Why two names that the registry has do not go together as `composition+update`; null for any other name. */
function couplingRefused(name: string): string | null {
  const [join = '', update, ...more] = name.split('+');
  if (update === undefined || more.length > 0) return null;
  if (!Object.hasOwn(coupled, join) || !methodNames().includes(update)) return null;
  if (Object.hasOwn(named, name)) return `this is ${named[name]}; name it so.`;
  const others = coupled[join as keyof typeof coupled].map((kind) => kind.name).join(', ');
  if (join === 'map' && update === 'adalora') {
    return (
      'MAP gives every update the norm β whatever its singular values are, so a matrix cannot lose its ranks by degrees: ' +
      `where the last of them goes Δ = 0, and its gradient is β/ε times as large. Coupled are ${others}.`
    );
  }
  if (['dora', 'bora', 'lomap'].includes(update)) {
    return `${update} is itself a way of joining LoRA's update to W, and a weight has one. Coupled are ${others}.`;
  }
  if (update === 'ia3') return `(IA)³ scales W and has no update of its own to join. Coupled are ${others}.`;
  return `${update} trains tensors of the model in place and has no update beside W to join. Coupled are ${others}.`;
}

/** A method's default settings. */
export function methodDefaults(name: string): MethodSettings {
  return findMethod(name).defaults;
}

/** s of W + sΔ by these settings; null where the method has none, or where it has no effect. */
export function updateScaling(settings: MethodSettings): number | null {
  return settings.loraAlpha === null ? null : (findMethod(settings.name).scaling?.(settings) ?? null);
}

/** The rules of the optional settings that a method has; none for a name that the registry has not. */
export function settingRules(name: string): SettingRules {
  return allMethods().find((method) => method.name === name)?.accepts ?? {};
}

/** The optional settings that a method has; none for a name that the registry has not. */
export function optionalSettings(name: string): readonly string[] {
  return Object.keys(settingRules(name));
}

/**
 * The method of these settings: the registry's of that name, or one of the caller's own.
 *
 * @throws RangeError for an unknown name, for settings of another method than `own`, for an `own` of the registry's name.
 */
export function methodOf({ name }: Pick<MethodSettings, 'name'>, own?: Method): Method {
  if (own === undefined) return findMethod(name);
  if (name !== own.name) {
    throw new RangeError(
      `The settings are of method ${JSON.stringify(name)}, the method that was given is ${JSON.stringify(own.name)}. ` +
        'Begin with its own: { ...method.defaults, rank: 4 }.',
    );
  }
  if (allMethods().some((method) => method.name === name)) {
    throw new RangeError(`The registry has a method ${JSON.stringify(name)}; give your own another name.`);
  }
  return own;
}

/**
 * Refuses settings that do not fit their method.
 *
 * @param own a method that the registry has not
 * @throws RangeError naming the method, the key, and what was expected.
 */
export function checkMethod(settings: MethodSettings, own?: Method): Method {
  const method = methodOf(settings, own);
  for (const key of ['rank', 'loraAlpha', 'targetModules', 'map'] as const) {
    const needed = method.needs.includes(key);
    if (needed && settings[key] === null) throw new RangeError(`Method ${method.name} needs ${key}.`);
    if (!needed && settings[key] !== null) throw new RangeError(`Method ${method.name} has no ${key}; set it to null.`);
  }
  const { adapterDropout, loraAlpha } = settings;
  if (!(adapterDropout >= 0 && adapterDropout < 1)) {
    throw new RangeError(`adapterDropout is in [0, 1), not ${adapterDropout}.`);
  }
  if (adapterDropout > 0 && !method.needs.includes('rank')) {
    throw new RangeError(`Method ${method.name} has no adapter to drop inputs of; set adapterDropout to 0.`);
  }
  if (loraAlpha !== null && !(Number.isFinite(loraAlpha) && loraAlpha > 0)) {
    throw new RangeError(`loraAlpha is a finite number > 0, not ${loraAlpha}.`);
  }
  checkOptionalSettings(method, settings);
  const reason = method.refuses?.(settings) ?? null;
  if (reason !== null) throw new RangeError(`Method ${method.name}: ${reason}`);
  return method;
}
