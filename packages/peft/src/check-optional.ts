import type { Method } from './methods/method.ts';
import type { MethodSettings, OptionalSetting, OptionalSettings } from './settings.ts';

/** A number of steps, or below 1 a share of all. */
function isSteps(value: number): boolean {
  return value >= 0 && (value < 1 || Number.isSafeInteger(value));
}

/** What each optional setting must be, in words, and whether a value is that. */
const rules: {
  readonly [K in OptionalSetting]: readonly [string, (value: NonNullable<OptionalSettings[K]>) => boolean];
} = {
  useRslora: ['true or false', (value) => typeof value === 'boolean'],
  initLoraWeights: [
    '"gaussian" or "pissa", or absent for the usual start',
    (value) => ['gaussian', 'pissa'].includes(value),
  ],
  loraPlusRatio: ['a finite number ≥ 1', (value) => Number.isFinite(value) && value >= 1],
  decomposeBoth: ['true or false', (value) => typeof value === 'boolean'],
  decomposeFactor: ['a positive integer, or -1', (value) => Number.isSafeInteger(value) && (value > 0 || value === -1)],
  projectionPrngKey: ['an integer ≥ 0', (value) => Number.isSafeInteger(value) && value >= 0],
  dInitial: ['a finite number other than 0', (value) => Number.isFinite(value) && value !== 0],
  deloraLambda: ['a finite number > 0', (value) => Number.isFinite(value) && value > 0],
  initR: ['a positive integer', (value) => Number.isSafeInteger(value) && value > 0],
  tinit: ['0, a share of the steps below 1, or a whole number of steps', isSteps],
  tfinal: ['0, a share of the steps below 1, or a whole number of steps', isSteps],
  deltaT: ['a share of the steps between 0 and 1, or a whole number of steps', (value) => value > 0 && isSteps(value)],
  orthRegWeight: ['a finite number ≥ 0', (value) => Number.isFinite(value) && value >= 0],
  beta1: ['a number between 0 and 1', (value) => value > 0 && value < 1],
  beta2: ['a number between 0 and 1', (value) => value > 0 && value < 1],
  feedforwardModules: [
    'a list of module names, or one regular expression',
    (value) => typeof value === 'string' || value.every((name) => typeof name === 'string'),
  ],
};

/**
 * Refuses optional settings that a method has not, or that are out of bounds.
 *
 * @throws RangeError naming the method, the key, and what was expected.
 */
export function checkOptionalSettings(method: Method, settings: MethodSettings): void {
  for (const key of Object.keys(rules) as OptionalSetting[]) check(method, settings, key);
}

function check<K extends OptionalSetting>(method: Method, settings: MethodSettings, key: K): void {
  const value = settings[key];
  if (value === undefined) return;
  if (!(method.accepts ?? []).includes(key)) {
    const known = method.accepts?.length ? `; of this kind it has ${method.accepts.join(', ')}` : '';
    throw new RangeError(`Method ${method.name} has no ${key}${known}. Leave it out.`);
  }
  const [expected, valid] = rules[key];
  if (!valid(value as NonNullable<OptionalSettings[K]>)) {
    throw new RangeError(`${key} is ${expected}, not ${JSON.stringify(value)}.`);
  }
}
