/** What a method's own settings may be. */

/** A setting of a method: what it must be in words (`a finite number > 0`), and whether a value is that. */
export interface SettingRule {
  readonly expected: string;
  readonly valid: (value: unknown) => boolean;
  /** What it does, a sentence, where no schema of results documents it. */
  readonly meaning?: string;
}

/** A method's own settings, by key. */
export type SettingRules = Readonly<Record<string, SettingRule>>;

/** A finite number for which something holds. */
export function number(expected: string, holds: (value: number) => boolean): SettingRule {
  return { expected, valid: (value) => typeof value === 'number' && Number.isFinite(value) && holds(value) };
}

/** A whole number for which something holds. */
export function integer(expected: string, holds: (value: number) => boolean): SettingRule {
  return number(expected, (value) => Number.isSafeInteger(value) && holds(value));
}

export const flag: SettingRule = { expected: 'true or false', valid: (value) => typeof value === 'boolean' };

/** Names of modules, as targetModules has them. */
export const modulesSetting: SettingRule = {
  expected: 'a list of module names, or one regular expression',
  valid: (value) =>
    typeof value === 'string' || (Array.isArray(value) && value.every((name) => typeof name === 'string')),
};
