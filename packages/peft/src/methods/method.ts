import type { Composition, DeltaFamily } from '@lomap/map';
import type { MethodSettings } from '../settings.ts';

/** What a method does to a target module: which update, and how it joins the weight. */
export interface AdapterMethod {
  readonly delta: DeltaFamily;
  readonly composition: Composition;
}

/** A row of the registry. */
export interface Method {
  readonly name: string;
  readonly defaults: MethodSettings;
  /** Which of the settings that may be null it needs; the others must be null. */
  readonly needs: readonly ('rank' | 'loraAlpha' | 'targetModules' | 'map')[];
  /** Null for methods that add nothing to a module. */
  adapter(settings: MethodSettings): AdapterMethod | null;
  /** Whether a tensor of the base model outside the head trains. */
  trainsBase(tensor: string): boolean;
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
