/** α and β: their shapes, starts and parametrizations. */
import { tf } from '@lomap/compile';
import { withoutGradientOf } from './gradient.ts';
import { magnitudesOf } from './rules/registry.ts';
import type { MapSettings, Scope } from './settings.ts';
import type { Along, HostValues, ParamSpec, Tensors, Weight } from './types.ts';

/** One division by a norm, and the magnitude that replaces it: `both` is two of them, in order. */
export interface Magnitude {
  /** `map_alpha`, `map_beta`; with scope both `map_alpha_row` and `map_alpha_column`, likewise for β. */
  readonly name: string;
  readonly along: Along;
  /** False for scope none: the magnitude multiplies the matrix as it is. */
  readonly normalised: boolean;
  /** [], [out] or [in]. */
  readonly shape: readonly number[];
  /** Whether it is a tensor of the adaptation: learned, or set before each step. Else it stays at its start. */
  readonly bound: boolean;
  /** Whether it is set before each step and has no gradient. */
  readonly scheduled: boolean;
  /** Its peak learning rate where a rule sets that. */
  readonly learningRate: number | undefined;
  /** Its values at the start, before any parametrization. Reads W's norms. */
  start(): Float64Array;
  /** With parametrization relative the magnitude is unit·(origin + p). */
  unit(): Float64Array;
  readonly origin: 0 | 1;
}

/** α's magnitudes: they start at W's own norms, so that W* = W there (at 1 with scope none). */
export function alphas(settings: MapSettings, w: Weight): Magnitude[] {
  const rates = ratesOf(settings);
  return steps(settings.baseScope, w).map((step) => {
    const start = (): Float64Array => (step.normalised ? w.norms(step.along) : Float64Array.of(1));
    return {
      ...step,
      name: `map_alpha${step.suffix}`,
      bound: settings.alpha === 'learned',
      scheduled: false,
      learningRate: rates?.alpha,
      start,
      unit: start,
      origin: 1,
    };
  });
}

/**
 * β's magnitudes. β₀ is the Frobenius norm of the normalised update they start with, so a vector's k entries are
 * β₀/√k each; with scope none β₀ is LoRA's scaling loraAlpha/rank.
 *
 * Of a pair only the columns' magnitudes set the size. At start beta-zero they are 0 and the rows' are not: at 0 both
 * would have no gradient.
 */
export function betas(settings: MapSettings, w: Weight, scaling: number): Magnitude[] {
  const { start, betaStart, deltaScope } = settings;
  const chosen = magnitudesOf(settings);
  const tried = chosen?.rule.tries !== undefined;
  const scheduled = chosen?.rule.schedule !== undefined || (tried && settings.beta === 'frozen');
  const rates = ratesOf(settings);
  const size = (step: Step): number => {
    if (scheduled || tried) return 0; // set before the first step
    if (chosen?.rule.size) return chosen.rule.size(w, chosen.constants);
    if (start === 'beta-zero') return deltaScope === 'both' && step.along === 'row' ? 1 : 0;
    if (!step.normalised) return scaling;
    return 'share' in betaStart ? betaStart.share * w.norms('global')[0]! : betaStart.absolute;
  };
  return steps(deltaScope, w).map((step) => {
    const count = step.shape[0] ?? 1;
    return {
      ...step,
      name: `map_beta${step.suffix}`,
      bound: settings.beta === 'learned' || scheduled,
      scheduled,
      learningRate: rates?.beta,
      start: () => new Float64Array(count).fill(size(step) / Math.sqrt(count)),
      unit: () => new Float64Array(count).fill(step.normalised ? w.norms('global')[0]! : 1),
      origin: 0,
    };
  });
}

/** The trainable tensor of a learned magnitude: no weight decay, the settings' learning-rate multiplier. */
export function magnitudeSpec(magnitude: Magnitude, settings: MapSettings, w: Weight): ParamSpec {
  return {
    name: magnitude.name,
    shape: magnitude.shape,
    init: () => Float32Array.from(startingParameter(magnitude, settings, w)),
    decay: false,
    group: 'scalars',
    learningRateMultiplier: settings.scalarLearningRateMultiplier,
    ...(magnitude.learningRate !== undefined && { learningRate: magnitude.learningRate }),
    ...(magnitude.scheduled && { scheduled: true }),
  };
}

function ratesOf(settings: MapSettings): { readonly alpha: number; readonly beta: number } | undefined {
  const chosen = magnitudesOf(settings);
  return chosen?.rule.rates?.(chosen.constants);
}

/** What is learned of a magnitude: the setting's choice, but for what a rule sets. `exponent`: p of start·eᵖ. */
function formOf(magnitude: Magnitude, { parametrization }: MapSettings): MapSettings['parametrization'] | 'exponent' {
  if (magnitude.scheduled) return 'raw';
  return magnitude.learningRate === undefined ? parametrization : 'exponent';
}

function startingParameter(magnitude: Magnitude, settings: MapSettings, w: Weight): Float64Array {
  const start = magnitude.start();
  const parametrization = formOf(magnitude, settings);
  if (parametrization === 'raw') return start;
  if (parametrization === 'exponent') return new Float64Array(start.length);
  if (parametrization === 'log') {
    const entry = start.findIndex((value) => !(value > 0));
    if (entry >= 0) {
      throw new RangeError(
        `${w.path}: parametrization log needs every entry of ${magnitude.name} > 0 at the start, but entry ${entry} is ${start[entry]}. Choose raw or relative.`,
      );
    }
    return start.map(Math.log);
  }
  // A unit of 0 is a zero row or column of W: its magnitude stays 0 whatever the parameter.
  const unit = magnitude.unit();
  return start.map((value, i) => (unit[i] === 0 ? 0 : value / unit[i]! - magnitude.origin));
}

/** The magnitude's value in the graph, of its shape. */
export function magnitudeTensor(magnitude: Magnitude, settings: MapSettings, own: Tensors): tf.Tensor {
  if (!magnitude.bound) return constant(magnitude.start(), magnitude.shape);
  const p = own[magnitude.name];
  if (!p) throw new RangeError(`No tensor is bound to ${magnitude.name}; bound are: ${Object.keys(own).join(', ')}.`);
  if (magnitude.scheduled) return withoutGradientOf(p);
  switch (formOf(magnitude, settings)) {
    case 'raw':
      return p;
    case 'exponent':
      return tf.mul(tf.exp(p), constant(magnitude.start(), magnitude.shape));
    case 'relative':
      return tf.mul(
        magnitude.origin === 0 ? p : tf.add(p, magnitude.origin),
        constant(magnitude.unit(), magnitude.shape),
      );
    case 'log':
      return tf.exp(p);
  }
}

/** The magnitude's value on the host. */
export function magnitudeValues(magnitude: Magnitude, settings: MapSettings, own: HostValues): Float64Array {
  if (!magnitude.bound) return magnitude.start();
  const p = own[magnitude.name];
  if (!p) throw new RangeError(`No values are given for ${magnitude.name}; given are: ${Object.keys(own).join(', ')}.`);
  const values = Float64Array.from(p);
  const parametrization = formOf(magnitude, settings);
  if (parametrization === 'exponent') {
    const start = magnitude.start();
    return values.map((value, i) => start[i]! * Math.exp(value));
  }
  if (parametrization === 'log') return values.map(Math.exp);
  if (parametrization === 'raw') return values;
  const unit = magnitude.unit();
  return values.map((value, i) => unit[i]! * (magnitude.origin + value));
}

/** A constant of the graph, rounded to float32. */
export function constant(values: Float64Array, shape: readonly number[]): tf.Tensor {
  return tf.tensor(Float32Array.from(values), [...shape], 'float32');
}

interface Step {
  readonly along: Along;
  readonly normalised: boolean;
  readonly shape: readonly number[];
  readonly suffix: '' | '_row' | '_column';
}

function steps(scope: Scope, w: Weight): Step[] {
  switch (scope) {
    case 'none':
    case 'global':
      return [{ along: 'global', normalised: scope === 'global', shape: [], suffix: '' }];
    case 'row':
      return [{ along: 'row', normalised: true, shape: [w.out], suffix: '' }];
    case 'column':
      return [{ along: 'column', normalised: true, shape: [w.in], suffix: '' }];
    case 'both':
      return [
        { along: 'row', normalised: true, shape: [w.out], suffix: '_row' },
        { along: 'column', normalised: true, shape: [w.in], suffix: '_column' },
      ];
  }
}
