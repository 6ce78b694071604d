/** What an adapter type of HF PEFT is made of. A method's room holds its own; `forms.ts` finds them. */
import type { MethodSettings } from '../settings.ts';
import type { BaseModel, LinearModule } from '../types.ts';
import type { ConfigValues } from './config-values.ts';
import type { FileTensor, UpdateScaling } from './types.ts';

/** A module's tensors by local names, and the file's keys of them. */
export type OwnTensors = ReadonlyMap<string, { readonly key: string; readonly tensor: FileTensor }>;

/** A factor of a dimension: the axis of a tensor, or of the one in whose place it is. */
export type Factor = readonly (readonly [local: string, axis: number])[];

/** Where a dimension of a module is read: a product of factors, or what the file's tensors say in another way. */
export type Dimension = readonly Factor[] | ((own: OwnTensors, tensors: ReadonlyMap<string, FileTensor>) => number);

/** Ranks and scalings by module, and the settings that hold for all. */
export interface PeftSettings {
  readonly settings: Omit<MethodSettings, 'targetModules'>;
  /** By module; empty where the file's ranks are not by module. */
  readonly ranks: ReadonlyMap<string, number>;
  /** s of W + sΔ by module; empty where the type has none. */
  readonly scalings: ReadonlyMap<string, number>;
  readonly scaling: UpdateScaling;
}

/** Settings, and the file's tensors as they say them. */
export interface Evened {
  readonly settings: PeftSettings['settings'];
  readonly tensors: ReadonlyMap<string, FileTensor>;
  readonly notes: readonly string[];
}

/** A configuration's values, the modules that it adapts, and those of them that are read. */
export interface ConfigOfModules {
  readonly values: ConfigValues;
  /** All that the adapter adapts, which patterns are matched with. */
  readonly all: readonly LinearModule[];
  readonly chosen: readonly LinearModule[];
}

/** An adapter that is written. */
interface Written {
  readonly model: Pick<BaseModel, 'read'>;
  readonly modules: readonly LinearModule[];
  readonly settings: MethodSettings;
}

/** A method as a type of HF PEFT's, whose tensors are the method's own, under the same local names. */
export interface PeftForm {
  /** `peft_type` of adapter_config.json. */
  readonly type: string;
  /** What the local names of its tensors begin with: `lora_`. */
  readonly prefix: string;
  /** Keys of adapter_config.json that it has beside those of every type. A file with another one is refused. */
  readonly keys: readonly string[];
  /** Whether PEFT's tensors are ours under these settings. @default always */
  holds?(settings: MethodSettings): boolean;
  /** The keys of adapter_config.json that are written. */
  fields(settings: MethodSettings): Record<string, unknown>;
  /** The file's key of a module's tensor. @default peftKey */
  readonly keyOf?: (path: string, local: string) => string;
  /** Settings of modules beside target_modules: both are written by it. @default target_modules alone */
  modules?(
    targets: readonly string[],
    paths: readonly string[],
    settings: MethodSettings,
  ): Record<string, readonly string[]>;
  /** Keys of tensors that a file has once for all modules. @default none */
  readonly shared?: readonly string[];
  /** Local names of tensors that follow from the base and are in the file beside ours. @default none */
  readonly derived?: readonly string[];
  /** The tensors of `shared` and `derived`, by the file's keys. @default none */
  beside?(adapter: Written): (readonly [key: string, tensor: FileTensor])[];
  /** The dimensions of a module's weight, by its tensors of so many axes. */
  readonly dimensions: { readonly out: Dimension; readonly in: Dimension; readonly axes: 1 | 2 };
  /** Which axis of a tensor is the rank, where zeros along it change nothing: ranks may differ by matrix. @default none */
  readonly rankAxes?: Readonly<Record<string, 0 | 1>>;
  /** The tensors that take a matrix's scaling where scalings differ; the first that is there. @default none */
  readonly scaled?: readonly string[];
  /** What of a configuration with known keys is not supported. @default nothing */
  problems?(values: ConfigValues): string[];
  /** @throws AdapterFileError for a value of the wrong kind, or a pattern that matches nothing. */
  settings(config: ConfigOfModules): PeftSettings;
  /** Settings that name modules by their paths. @default none */
  paths?(values: ConfigValues, targetModules: readonly string[]): Partial<Omit<MethodSettings, 'targetModules'>>;
  /**
   * @param model null where nobody knows its values
   * @throws AdapterFileError for tensors that are of another base.
   */
  check?(
    model: BaseModel | null,
    modules: readonly LinearModule[],
    tensors: ReadonlyMap<string, FileTensor>,
    where: string,
  ): void;
  /** The file's tensors as a method's of the registry, where they depend on more than their matrix. @default as they are */
  restored?(found: Evened, config: ConfigOfModules, where: string): Evened;
}
