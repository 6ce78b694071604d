/**
 * W* in float64 whose detached norms are held at a point: what compositions that leave a norm out of the backward pass
 * have the gradients of. Written from the formulas, not from the compositions. For specs only.
 */
import { denseNorms, denseScaled, denseSum, type HostValues, type Weight } from '@lomap/map';
import type { AdapterMethod } from '../methods/method.ts';
import { findMethod } from '../registry.ts';
import type { MethodSettings } from '../settings.ts';

const inverse = (norms: Float64Array): Float64Array => norms.map((norm) => 1 / norm);

/** W*(own) with norms held at `point`; null where nothing is held, and W* is the composition's own. */
export function heldWeight(
  settings: MethodSettings,
  { delta, composition }: AdapterMethod,
  w: Weight,
  point: HostValues,
): ((own: HostValues) => Float64Array) | null {
  const dense = (own: HostValues): Float64Array => delta!.dense(w, own);
  if (composition.name === 'map') return settings.map!.detachNorm ? heldMap(settings, w, dense, point) : null;
  if (composition.name !== 'magnitude' && composition.name !== 'bora') return null;
  // V = W + sΔ, as the update alone has it.
  const sum = (own: HostValues): Float64Array => added(settings, w, dense(own));
  const ofRows = inverse(denseNorms(w, sum(point), 'row'));
  const normalised = (own: HostValues): Float64Array => denseScaled(w, sum(own), ofRows, 'row');
  if (composition.name === 'magnitude') {
    return (own) => denseScaled(w, normalised(own), own['lora_magnitude_vector']!, 'row');
  }
  const rows = (own: HostValues): Float64Array => denseScaled(w, normalised(own), own['bora_magnitude_row']!, 'row');
  const ofColumns = inverse(denseNorms(w, rows(point), 'column'));
  return (own) =>
    denseScaled(w, denseScaled(w, rows(own), ofColumns, 'column'), own['bora_magnitude_column']!, 'column');
}

/** α W/(‖W‖ + ε) + β Δ/(‖Δ at the point‖ + ε), of global scopes and raw α and β. */
function heldMap(
  { map }: MethodSettings,
  w: Weight,
  dense: (own: HostValues) => Float64Array,
  point: HostValues,
): (own: HostValues) => Float64Array {
  const { baseScope, deltaScope, parametrization, epsilonMode, epsilon } = map!;
  const known = [baseScope, deltaScope, parametrization, epsilonMode].join() === 'global,global,raw,add';
  if (!known) throw new Error('Held norms of MAP are written for global scopes, raw α and β and an added ε.');
  const of = (matrix: ArrayLike<number>): number => 1 / (denseNorms(w, matrix, 'global')[0]! + epsilon);
  const [base, update] = [of(w.values()), of(dense(point))];
  return (own) =>
    denseSum(
      denseScaled(w, w.values(), [own['map_alpha']![0]! * base], 'global'),
      denseScaled(w, dense(own), [own['map_beta']![0]! * update], 'global'),
    );
}

/** W + sΔ. */
function added(settings: MethodSettings, w: Weight, delta: Float64Array): Float64Array {
  const update = settings.name.split('+')[1] ?? (settings.name === 'edora' ? 'edora' : 'lora');
  // EDoRA's core has no method that only adds it.
  if (update === 'edora') return denseSum(w.values(), delta, settings.loraAlpha! / settings.rank!);
  const plain = findMethod(update).adapter(settings, [w])!;
  return plain.composition.weight(w, delta, {});
}
