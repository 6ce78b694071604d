import { sizeOf } from '@lomap/compile';
import type { HostValues, ParamSpec } from '@lomap/map';
import { adapt } from '../adapt.ts';
import { nameIn } from '../adapted-matrix.ts';
import { checkMethod } from '../registry.ts';
import type { AdapterMethod } from '../methods/method.ts';
import type { MethodSettings } from '../settings.ts';
import { withModuleNames } from '../roles.ts';
import { inHead, targetedModules } from '../targets.ts';
import type { BaseModel, LinearModule } from '../types.ts';
import type { BaseIdentity, FileTensor } from './types.ts';
import { hostWeight } from './weights.ts';

/** A trained adapter: a method bound to its base model, with values. */
export interface TrainedAdapter {
  readonly model: BaseModel;
  readonly settings: MethodSettings;
  /** In the order of the adaptation's specs. */
  readonly params: readonly Float32Array[];
  readonly base: BaseIdentity;
  /** Where PEFT finds the base, as another file named it. Default: the base's name, without a revision. */
  readonly source?: { readonly path: string; readonly revision: string | null };
}

/** The same taken apart: modules with their own values, and the tensors of the base that trained. */
export interface BoundAdapter extends TrainedAdapter {
  readonly modules: readonly LinearModule[];
  /** Null for methods that add nothing to a module. */
  readonly adapter: AdapterMethod | null;
  /** A module's tensors by local names, in the order of the specs. */
  readonly own: ReadonlyMap<string, Readonly<Record<string, FileTensor>>>;
  /** The head's tensors, by the base's names. */
  readonly head: ReadonlyMap<string, FileTensor>;
  /** Every trained tensor outside the head, by the specs' names. */
  readonly exact: ReadonlyMap<string, FileTensor>;
}

/** @throws RangeError for settings or values that do not fit the model, or a value that is not finite. */
export function bind(trained: TrainedAdapter): BoundAdapter {
  const { model, params } = trained;
  const settings = withModuleNames(trained.settings, model.roles);
  const { specs } = adapt(model, settings);
  if (specs.length !== params.length) {
    throw new RangeError(`${params.length} parameters were given; the adaptation has ${specs.length}.`);
  }
  const modules = settings.targetModules === null ? [] : targetedModules(model, settings.targetModules);
  const adapter = checkMethod(settings).adapter(settings, modules);
  const tensors = new Map(specs.map((spec, i) => [spec.name, tensorOf(spec, params[i]!)] as const));
  const isHead = ([name]: readonly [string, FileTensor]): boolean => inHead(model.head, name);
  return {
    ...trained,
    settings,
    modules,
    adapter,
    own: new Map(modules.map((module) => [module.path, ownOf(model, adapter, module, tensors)])),
    head: new Map([...tensors].filter(isHead)),
    exact: new Map([...tensors].filter((entry) => !isHead(entry))),
  };
}

/** A module's tensors, those it shares with others included. */
function ownOf(
  model: BaseModel,
  adapter: AdapterMethod | null,
  module: LinearModule,
  tensors: ReadonlyMap<string, FileTensor>,
): Readonly<Record<string, FileTensor>> {
  const w = hostWeight(model, module);
  const specs = [...(adapter?.delta?.params(w) ?? []), ...(adapter?.composition.params(w) ?? [])];
  return Object.fromEntries(specs.map((spec) => [spec.name, tensors.get(nameIn(module, spec))!]));
}

/** A module's values by local names. */
export function hostValues({ own }: BoundAdapter, path: string): HostValues {
  return Object.fromEntries(Object.entries(own.get(path)!).map(([name, { data }]) => [name, data]));
}

function tensorOf({ name, shape }: ParamSpec, data: Float32Array): FileTensor {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`${name} has ${data.length} values; its shape [${shape.join(', ')}] takes ${sizeOf(shape)}.`);
  }
  const broken = data.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) {
    throw new RangeError(`${name} has ${data[broken]} at ${broken}: the training diverged, and there is no adapter.`);
  }
  return { shape, data };
}
