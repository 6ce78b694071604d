/** The curves of a packed trial: thinned, and without those that its settings and other curves give back. */
import type { TrialSettings } from '../schema/settings.ts';
import type { Curves, Trial } from '../schema/trial.ts';
import { isRow } from './columns.ts';

/** The most points of a packed curve. */
export const MOST_POINTS = 100;
/** Significant digits of a point of a thinned curve. */
const DIGITS = 4;
/** The schedules that `learningRates` knows; a trial of another one keeps its curve. */
const SCHEDULES: readonly string[] = ['linear', 'constant'];
/** More steps than this are not believed of a file, and no curve is made of them. */
const MOST_STEPS = 1e7;
/** The ε of the clipping factor, as in PyTorch's clip_grad_norm_. */
const CLIPPING_EPSILON = Math.fround(1e-6);

type Training = TrialSettings['training'];
type ByGroup = Curves['gradientNorm'];

/** A packed trial's curves as they are kept: what `restoreCurves` makes again is absent. */
export type KeptCurves = Pick<Curves, 'every' | 'loss' | 'gradientNorm'> &
  Partial<Pick<Curves, 'learningRate' | 'clippingFactor'>>;

/** Whether a JSON value is what curves can be made of. What stands in the arrays is left to the schema. */
export function isKept(value: unknown): value is KeptCurves {
  if (!isRow(value) || !Array.isArray(value['loss'])) return false;
  const { every, gradientNorm } = value;
  const counts = every === undefined || (Number.isSafeInteger(every) && (every as number) > 0);
  return counts && isRow(gradientNorm) && Object.values(gradientNorm).every(Array.isArray);
}

/**
 * Curves of at most 100 points: each point the mean of `every` = ⌈steps / 100⌉ consecutive steps, to four significant
 * digits. Curves that have no more points, and curves thinned before, stay as they are, with every digit.
 */
export function thinCurves(curves: Curves): Curves {
  const every = Math.ceil(curves.loss.length / MOST_POINTS);
  if (curves.every !== undefined || every <= 1) return curves;
  const groups = (of: ByGroup): ByGroup =>
    Object.fromEntries(Object.entries(of).map(([group, values]) => [group, means(values, every)]));
  return {
    every,
    loss: means(curves.loss, every),
    learningRate: means(curves.learningRate, every),
    gradientNorm: groups(curves.gradientNorm),
    clippingFactor: groups(curves.clippingFactor),
  };
}

/** Leaves out of a trial's curves what `restoreCurves` gives back to the last bit. */
export function leaveOut({ curves, steps, settings: { training } }: Trial): KeptCurves {
  const { learningRate, clippingFactor, ...kept } = curves;
  const rates = learningRates(training, steps, curves.every);
  const factors = clippingFactors(training, curves.gradientNorm, curves.every);
  return {
    ...kept,
    ...(!(rates !== null && equal(rates, learningRate)) && { learningRate }),
    ...(!(factors !== null && equalGroups(factors, clippingFactor)) && { clippingFactor }),
  };
}

/** The curves that `leaveOut` was given. What cannot be made again is left undefined, for the schema to refuse. */
export function restoreCurves(kept: KeptCurves, training: Training, steps: number): unknown {
  return {
    learningRate: learningRates(training, steps, kept.every),
    clippingFactor: clippingFactors(training, kept.gradientNorm, kept.every),
    ...kept,
  };
}

/**
 * The learning rate of each step k = 0, 1, ..., n - 1: warm-up over w = min(n, warmupSteps or ⌈warmupRatio·n⌉) steps
 * to the peak η, η(k + 1)/(w + 1), then η, or with the linear schedule η(n - k)/(n - w). Null for another schedule.
 *
 * A function of the packed form, version 1: what files hold depends on every rounding of it. It may grow schedules; what
 * it gives for one must never change.
 */
function learningRates(training: Training, steps: number, every: number | undefined): number[] | null {
  const { learningRate: peak, warmupRatio, schedule } = training;
  if (!SCHEDULES.includes(schedule)) return null;
  if (!Number.isInteger(steps) || steps < 0 || steps > MOST_STEPS) return null;
  const warmup = Math.min(steps, training.warmupSteps ?? Math.ceil(warmupRatio * steps - 1e-9));
  const rates = Array.from({ length: steps }, (_, k) => {
    if (k < warmup) return (peak * (k + 1)) / (warmup + 1);
    return schedule === 'constant' ? peak : (peak * (steps - k)) / (steps - warmup);
  });
  return every === undefined ? rates : means(rates, every);
}

/**
 * Each group's clipping factor min(1, c / (‖g‖ + 1e-6)) in float32, c = maxGradNorm; 1 without a limit. Of thinned norms
 * it is the factor of the mean norm, which is the mean factor only where none or all of the steps were clipped alike.
 * Null where groups are clipped together. As `learningRates`, it must never change.
 */
function clippingFactors(training: Training, norms: ByGroup, every: number | undefined): ByGroup | null {
  const { maxGradNorm, clipping } = training;
  if (maxGradNorm !== null && clipping !== 'group') return null;
  const limit = Math.fround(maxGradNorm ?? Number.POSITIVE_INFINITY);
  const factor = (norm: number): number => {
    const exact = Math.min(1, Math.fround(limit / Math.fround(Math.fround(norm) + CLIPPING_EPSILON)));
    return every === undefined ? exact : short(exact);
  };
  return Object.fromEntries(Object.entries(norms).map(([group, values]) => [group, values.map(factor)]));
}

function means(values: readonly number[], every: number): number[] {
  const points: number[] = [];
  for (let start = 0; start < values.length; start += every) {
    const group = values.slice(start, start + every);
    points.push(short(group.reduce((sum, value) => sum + value, 0) / group.length));
  }
  return points;
}

function short(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function equalGroups(a: ByGroup, b: ByGroup): boolean {
  const groups = Object.keys(a);
  return groups.length === Object.keys(b).length && groups.every((group) => equal(a[group]!, b[group] ?? []));
}
