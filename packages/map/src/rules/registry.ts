import type { MapSettings } from '../settings.ts';
import { normKeeping } from './norm-keeping.ts';
import { decoupled } from './rates.ts';
import type { MagnitudeRule, RuleConstants } from './rule.ts';
import { grown, loraEquivalent } from './schedules.ts';
import { probed, share, width } from './sizes.ts';

const rules: MagnitudeRule[] = [share, width, probed, loraEquivalent, grown, decoupled, normKeeping];

/** The rules that `magnitudes` may name: those of this package, then those that were registered. */
export function magnitudeRules(): readonly MagnitudeRule[] {
  return rules;
}

/**
 * Adds a magnitude rule of one's own, for this process.
 *
 * @throws RangeError for a name that is taken.
 */
export function registerMagnitudeRule(rule: MagnitudeRule): void {
  if (rule.name === 'off' || rules.some(({ name }) => name === rule.name)) {
    throw new RangeError(`There is a magnitude rule "${rule.name}" already; give this one another name.`);
  }
  rules.push(rule);
}

/** The rule that the settings name, with its constants; null for the published recipe. */
export function magnitudesOf({
  magnitudes,
}: Pick<MapSettings, 'magnitudes'>): { readonly rule: MagnitudeRule; readonly constants: RuleConstants } | null {
  if (magnitudes === undefined) return null;
  const { rule: name, ...constants } = magnitudes;
  const rule = rules.find((known) => known.name === name);
  if (!rule) {
    throw new RangeError(
      `There is no magnitude rule ${JSON.stringify(name)}. Known: ${rules.map((known) => known.name).join(', ')}; ` +
        'leave magnitudes out for the published recipe.',
    );
  }
  return { rule, constants: constants as RuleConstants };
}

/**
 * Why the settings' rule, its constants and the other settings do not go together; none where they do.
 *
 * @param defaults what a setting that the rule decides stays at
 */
export function magnitudesProblems(settings: MapSettings, defaults: MapSettings): string[] {
  if (settings.magnitudes === undefined) return [];
  let found: ReturnType<typeof magnitudesOf>;
  try {
    found = magnitudesOf(settings);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [error.message];
  }
  const { rule, constants } = found!;
  const problems = constantProblems(rule, constants);
  for (const key of rule.decides) {
    if (JSON.stringify(settings[key]) !== JSON.stringify(defaults[key])) {
      problems.push(`magnitudes ${rule.name} decides ${key}; leave it at ${JSON.stringify(defaults[key])}.`);
    }
  }
  return [...problems, ...(problems.length === 0 ? (rule.refuses?.(settings, constants) ?? []) : [])];
}

function constantProblems(
  { name, constants: known }: MagnitudeRule,
  given: Readonly<Record<string, unknown>>,
): string[] {
  const names = Object.keys(known);
  const has = names.length > 0 ? `it has ${names.join(', ')}` : 'it has none';
  const surplus = Object.keys(given).filter((key) => !Object.hasOwn(known, key));
  return [
    ...surplus.map((key) => `magnitudes ${name} has no constant ${key}; ${has}.`),
    ...names.flatMap((key) => {
      const { expected, valid, optional = false } = known[key]!;
      const value = given[key];
      if (value === undefined) return optional ? [] : [`magnitudes ${name} needs ${key}, ${expected}.`];
      if (typeof value === 'number' && valid(value)) return [];
      return [`${key} of magnitudes ${name} is ${expected}, not ${JSON.stringify(value)}.`];
    }),
  ];
}
