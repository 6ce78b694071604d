import { sizeOf, fold } from '@lomap/compile';
import type { ParamSpec } from '@lomap/map';
import { AdaptedMatrix } from './adapted-matrix.ts';
import { checkMethod } from './registry.ts';
import type { MethodSettings } from './settings.ts';
import { inHead, targetedModules } from './targets.ts';
import type { BaseModel, BaseModelShapes } from './types.ts';

/** Which modules a method adapts in a model and which tensors of the base it trains. */
export interface Plan {
  readonly matrices: readonly AdaptedMatrix[];
  /** Specs of base tensors that train themselves: those of the method first, then the head's. Named as in the base. */
  readonly trained: readonly ParamSpec[];
  /** All specs in the adaptation's order: adapters by module, then `trained`. */
  readonly specs: readonly ParamSpec[];
  readonly counts: { readonly adapter: number; readonly head: number };
}

/**
 * @throws RangeError for settings that do not fit the method or the model.
 */
export function plan(model: BaseModel, settings: MethodSettings): Plan {
  const method = checkMethod(settings);
  const modules = settings.targetModules === null ? [] : targetedModules(model, settings.targetModules);
  const adapter = method.adapter(settings, modules);
  const matrices = adapter
    ? modules.map((module) => new AdaptedMatrix(model, module, adapter, settings.adapterDropout))
    : [];
  const trains = (name: string): boolean => inHead(model.head, name) || method.trainsBase(name);
  const trained = model.tensors.filter(trains).map((name) => baseSpec(model, name, method.startsAnew ?? false));
  trained.sort((a, b) => Number(a.group === 'head') - Number(b.group === 'head'));
  const adapters = matrices.flatMap((matrix) => matrix.specs.map((spec) => within(matrix.module.path, spec)));
  const specs = [...adapters, ...trained];
  if (specs.length === 0) throw new RangeError(`Method ${method.name} trains nothing in a model without a task head.`);
  return { matrices, trained, specs, counts: count(specs) };
}

/**
 * Trainable parameters of a method in a model, in adapters (scalars included) and in the head. No weight is read.
 *
 * @throws RangeError for settings that do not fit the method or the model.
 */
export function countParameters(
  model: BaseModelShapes,
  settings: MethodSettings,
): { readonly adapter: number; readonly head: number } {
  const unread = (name: string): never => {
    throw new Error(`Counting parameters read ${name}.`);
  };
  const { linears, head, tensors } = model;
  return plan(
    { linears, head, tensors, shape: (name) => model.shape(name), read: unread, fresh: unread, frozen: unread },
    settings,
  ).counts;
}

/** A spec whose name starts with the module's path; its values depend on the key and on that name. */
function within(path: string, spec: ParamSpec): ParamSpec {
  const name = `${path}.${spec.name}`;
  return { ...spec, name, init: (key) => spec.init(fold(key, name)) };
}

/** A tensor of the base that trains, from the checkpoint's values or from a random start. */
function baseSpec(model: BaseModel, name: string, anew: boolean): ParamSpec {
  const shape = model.shape(name);
  return {
    name,
    shape,
    init: () => (anew ? model.fresh(name) : Float32Array.from(model.read(name))),
    decay: shape.length > 1,
    group: inHead(model.head, name) ? 'head' : 'adapter',
    learningRateMultiplier: 1,
  };
}

function count(specs: readonly ParamSpec[]): Plan['counts'] {
  const total = (chosen: readonly ParamSpec[]): number => chosen.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return {
    adapter: total(specs.filter(({ group }) => group !== 'head')),
    head: total(specs.filter(({ group }) => group === 'head')),
  };
}
