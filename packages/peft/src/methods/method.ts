import type { Composition, DeltaFamily, MatrixShape, Weight } from '@lomap/map';
import type { BetweenStepsRule } from '../between-steps.ts';
import type { PeftForm } from '../files/form.ts';
import type { MethodSettings } from '../settings.ts';
import type { Tryout } from '../tryout.ts';
import type { SettingRules } from './setting.ts';

/** A target module: its weight's shape [out, in] and its path, under which its tensors are named `${path}.${name}`. */
export type AdaptedModule = MatrixShape & Pick<Weight, 'path'>;

/** What a method does to a target module: which update, and how it joins the weight. */
export interface AdapterMethod {
  /** Null for a composition that changes W by itself. */
  readonly delta: DeltaFamily | null;
  readonly composition: Composition;
}

/** The settings that a method either needs or must leave null. */
export type NeededSetting = 'rank' | 'loraAlpha' | 'targetModules' | 'map';

/** A method in words. */
export interface MethodAbout {
  /** As its paper writes it, and as tables print it. */
  readonly title: string;
  /** What trains: the weight that is used, with s the scaling, or the tensors. */
  readonly what: string;
  /** Where it was published. */
  readonly source: string;
  /** Its page in docs/methods. */
  readonly page: string;
}

/** A row of the registry. */
export interface Method {
  readonly name: string;
  /** Absent: its name is its title, and nothing more is said of it; of a coupling, what its parts' words make. */
  readonly about?: MethodAbout;
  readonly defaults: MethodSettings;
  /** Which of the settings that may be null it needs; the others must be null. */
  readonly needs: readonly NeededSetting[];
  /** Its own settings, each absent where it is not used; others must be absent. @default none */
  readonly accepts?: SettingRules;
  /**
   * Null for methods that add nothing to a module.
   *
   * @param modules the matrices that it adapts
   */
  adapter(settings: MethodSettings, modules: readonly AdaptedModule[]): AdapterMethod | null;
  /** s of W + sΔ; null where it has no effect. Absent: the method has none. */
  scaling?(settings: MethodSettings): number | null;
  /** Settings that have no effect as the others are, and why: a sentence each. @default none */
  voids?(settings: MethodSettings): string[];
  /** Why these settings do not go together; null where they do. @default always null */
  refuses?(settings: MethodSettings): string | null;
  /**
   * What it does between steps; null for nothing. @default always null
   *
   * @param weights of the matrices that it adapts; values and norms are read when they are asked for
   */
  betweenSteps?(settings: MethodSettings, weights: readonly Weight[]): BetweenStepsRule | null;
  /** Starts that a run tries before it begins; null for none. @default always null */
  tryout?(settings: MethodSettings, weights: readonly Weight[]): Tryout | null;
  /** Whether a tensor of the base model outside the head trains. */
  trainsBase(tensor: string): boolean;
  /** HF PEFT's type of it, which holds its tensors as they are. Absent: they are converted, or stay ours. */
  readonly peft?: PeftForm;
  /** Whether what trains of the base starts from random values instead of the checkpoint's. @default false */
  readonly startsAnew?: boolean;
}

/** Settings that every method without adapters has. */
export const withoutAdapter: Omit<MethodSettings, 'label' | 'name'> = {
  rank: null,
  loraAlpha: null,
  targetModules: null,
  adapterDropout: 0,
  map: null,
};
