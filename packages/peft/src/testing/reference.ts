/** A row's loss in float64 from W* itself: what gradients are differences of. For specs only. */
import { frozenWeight, type HostValues, type Weight } from '@lomap/map';
import { adapt } from '../adapt.ts';
import { nameIn } from '../adapted-matrix.ts';
import { findMethod } from '../registry.ts';
import type { MethodSettings } from '../settings.ts';
import { targetedModules } from '../targets.ts';
import { heldWeight } from './held.ts';
import { hostForward, tinyModel } from './tiny-model.ts';

export interface ReferenceLoss {
  /** Σ u ∘ logits of parameters in the order of the specs; detached norms are those of the point. */
  readonly loss: (params: readonly ArrayLike<number>[]) => number;
  /** How far W* with held norms is from the composition's own at the point, relative to its largest entry. */
  readonly heldError: number;
}

/** The loss about a point. */
export function referenceLoss(
  settings: MethodSettings,
  point: readonly ArrayLike<number>[],
  x: ArrayLike<number>,
  u: ArrayLike<number>,
): ReferenceLoss {
  const { specs } = adapt(tinyModel, settings);
  const index = new Map(specs.map(({ name }, i) => [name, i]));
  const modules = settings.targetModules === null ? [] : targetedModules(tinyModel, settings.targetModules);
  const adapter = findMethod(settings.name).adapter(settings, modules);
  let heldError = 0;
  const matrices = !adapter
    ? []
    : modules.map((module) => {
        const w: Weight = frozenWeight(
          module.path,
          module,
          () => tinyModel.read(`${module.path}.weight`),
          () => {
            throw new Error('This reference has no tensors.');
          },
        );
        const locals = [...(adapter.delta?.params(w) ?? []), ...adapter.composition.params(w)];
        const ownOf = (params: readonly ArrayLike<number>[]): HostValues =>
          Object.fromEntries(locals.map((spec) => [spec.name, params[index.get(nameIn(module, spec))!]!]));
        const none = new Float64Array(module.out * module.in);
        const exact = (own: HostValues): Float64Array =>
          adapter.composition.weight(w, adapter.delta?.dense(w, own) ?? none, own);
        const held = heldWeight(settings, adapter, w, ownOf(point));
        if (held) heldError = Math.max(heldError, difference(held(ownOf(point)), exact(ownOf(point))));
        const bias = (own: HostValues): Float64Array | null =>
          (module.bias && adapter.composition.bias?.(w, tinyModel.read(`${module.path}.bias`), own)) || null;
        return { path: module.path, ownOf, weight: held ?? exact, bias };
      });
  const base = new Map(tinyModel.tensors.map((name) => [name, tinyModel.read(name)]));
  const loss = (params: readonly ArrayLike<number>[]): number => {
    const tensors = new Map<string, ArrayLike<number>>(base);
    for (const [name, i] of index) if (tensors.has(name)) tensors.set(name, params[i]!);
    for (const { path, ownOf, weight, bias } of matrices) {
      const own = ownOf(params);
      tensors.set(`${path}.weight`, weight(own));
      const changed = bias(own);
      if (changed) tensors.set(`${path}.bias`, changed);
    }
    return hostForward((name) => tensors.get(name)!, x).reduce((sum, value, i) => sum + value * u[i]!, 0);
  };
  return { loss, heldError };
}

function difference(a: Float64Array, b: Float64Array): number {
  const scale = Math.max(...b.map(Math.abs));
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / scale;
}
