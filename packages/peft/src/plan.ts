import { sizeOf, fold } from '@lomap/compile';
import type { ParamSpec } from '@lomap/map';
import { AdaptedMatrix, nameIn } from './adapted-matrix.ts';
import type { BetweenStepsRule } from './between-steps.ts';
import type { Method } from './methods/method.ts';
import { checkMethod } from './registry.ts';
import { withModuleNames } from './roles.ts';
import type { MethodSettings } from './settings.ts';
import type { Tryout } from './tryout.ts';
import { inHead, targetedModules } from './targets.ts';
import type { BaseModel, BaseModelShapes, LinearModule } from './types.ts';

/** Which modules a method adapts in a model and which tensors of the base it trains. */
export interface Plan {
  readonly matrices: readonly AdaptedMatrix[];
  /** Specs of base tensors that train themselves: those of the method first, then the head's. Named as in the base. */
  readonly trained: readonly ParamSpec[];
  /** All specs in the adaptation's order: adapters by module (a shared tensor with the first), then `trained`. */
  readonly specs: readonly ParamSpec[];
  readonly counts: { readonly adapter: number; readonly head: number };
  /** What the method does between steps; null for nothing. */
  readonly betweenSteps: BetweenStepsRule | null;
  /** Starts that a run tries before it begins; null for none. */
  readonly tryout: Tryout | null;
  /** Whether matrices add to the training loss. */
  readonly penalised: boolean;
}

/**
 * @param own a method that the registry has not
 * @throws RangeError for settings that do not fit the method or the model.
 */
export function plan(model: BaseModel, given: MethodSettings, own?: Method): Plan {
  const method = checkMethod(given, own);
  const settings = withModuleNames(given, model.roles);
  const modules = settings.targetModules === null ? [] : targetedModules(model, settings.targetModules);
  const adapter = method.adapter(settings, modules);
  const matrices = adapter
    ? modules.map((module) => new AdaptedMatrix(model, module, adapter, settings.adapterDropout))
    : [];
  const trains = (name: string): boolean => inHead(model.head, name) || method.trainsBase(name);
  const trained = model.tensors.filter(trains).map((name) => baseSpec(model, name, method.startsAnew ?? false));
  trained.sort((a, b) => Number(a.group === 'head') - Number(b.group === 'head'));
  const adapters = matrices.flatMap((matrix) => matrix.specs.map((spec) => within(matrix.module, spec)));
  const specs = [...sharedOnce(adapters), ...trained];
  if (specs.length === 0) throw new RangeError(`Method ${method.name} trains nothing in a model without a task head.`);
  const weights = matrices.map(({ weight }) => weight);
  const betweenSteps = method.betweenSteps?.(settings, weights) ?? null;
  const tryout = method.tryout?.(settings, weights) ?? null;
  const penalised = adapter?.delta?.penalty !== undefined && matrices.length > 0;
  return { matrices, trained, specs, counts: count(specs), betweenSteps, tryout, penalised };
}

/**
 * Trainable parameters of a method in a model, in adapters (scalars included) and in the head. No weight is read.
 *
 * @param method a method that the registry has not
 * @throws RangeError for settings that do not fit the method or the model.
 */
export function countParameters(
  model: BaseModelShapes,
  settings: MethodSettings,
  method?: Method,
): { readonly adapter: number; readonly head: number } {
  const unread = (name: string): never => {
    throw new Error(`Counting parameters read ${name}.`);
  };
  const { linears, head, roles, tensors } = model;
  return plan(
    {
      linears,
      head,
      ...(roles && { roles }),
      tensors,
      shape: (name) => model.shape(name),
      read: unread,
      fresh: unread,
      frozen: unread,
    },
    settings,
    method,
  ).counts;
}

/** A spec by its name in the adaptation; its values depend on the key and on that name. */
function within(module: LinearModule, spec: ParamSpec): ParamSpec {
  const name = nameIn(module, spec);
  return { ...spec, name, init: (key) => spec.init(fold(key, name)) };
}

/** The specs without repetitions of shared tensors. */
function sharedOnce(specs: readonly ParamSpec[]): ParamSpec[] {
  const shapes = new Map<string, string>();
  return specs.filter(({ name, shape, shared }) => {
    if (shared === undefined) return true;
    const known = shapes.get(name);
    shapes.set(name, shape.join());
    if (known !== undefined && known !== shape.join()) {
      throw new Error(`The shared tensor ${name} is [${known}] for one matrix and [${shape.join()}] for another.`);
    }
    return known === undefined;
  });
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
  const total = (chosen: readonly ParamSpec[]): number =>
    chosen.reduce((sum, { shape, scheduled = false }) => sum + (scheduled ? 0 : sizeOf(shape)), 0);
  return {
    adapter: total(specs.filter(({ group }) => group !== 'head')),
    head: total(specs.filter(({ group }) => group === 'head')),
  };
}
