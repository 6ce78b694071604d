import type { MapSettings } from '@lomap/map';

/** A method and its settings, as a trial records them. Null where the method has no such setting. */
export interface MethodSettings extends OptionalSettings {
  /** The label of the table row: the method's name, or an ablation cell's. */
  readonly label: string;
  /** Registry name: head, lora, dora, lomap, ... */
  readonly name: string;
  readonly rank: number | null;
  /** LoRA's α: the update is scaled by loraAlpha/rank. Void under a normalising MAP. */
  readonly loraAlpha: number | null;
  /** Module names, each matched as the path or a suffix of it after a dot; or one regular expression for whole paths. */
  readonly targetModules: string | readonly string[] | null;
  readonly adapterDropout: number;
  readonly map: MapSettings | null;
}

/**
 * Settings of single methods, under HF PEFT's names: absent where they are not used, so that what has none keeps its
 * trials' ids.
 */
export interface OptionalSettings {
  /** rsLoRA: the scaling is loraAlpha/√rank. */
  readonly useRslora?: boolean | undefined;
  /** `gaussian`: A starts N(0, 1/rank²). `pissa`: A and B start at W's largest singular values. Absent: kaiming-uniform. */
  readonly initLoraWeights?: 'gaussian' | 'pissa' | undefined;
  /** LoRA+: B's learning rate over A's, ≥ 1. */
  readonly loraPlusRatio?: number | undefined;
  /** LoRA: ‖sBA‖_F, to which B is scaled after each step: a number, or a share of ‖W‖_F. */
  readonly updateNorm?: { readonly absolute: number } | { readonly share: number } | undefined;
  /** LoKr: whether w1 may have factors as w2 has. */
  readonly decomposeBoth?: boolean | undefined;
  /** LoKr: the first factor of each dimension; -1: near its square root. */
  readonly decomposeFactor?: number | undefined;
  /** VeRA: the seed of the frozen projections. */
  readonly projectionPrngKey?: number | undefined;
  /** VeRA: where λ_d starts. */
  readonly dInitial?: number | undefined;
  /** DeLoRA: where λ starts. */
  readonly deloraLambda?: number | undefined;
  /** AdaLoRA: the rank that every matrix starts with, ≥ rank. Absent: 1.5 rank, rounded up. */
  readonly initR?: number | undefined;
  /** AdaLoRA: steps before the first rank is taken away: a share of all below 1, or a number of steps. */
  readonly tinit?: number | undefined;
  /** AdaLoRA: steps after the last: a share of all below 1, or a number of steps. */
  readonly tfinal?: number | undefined;
  /** AdaLoRA: steps from one allocation to the next: a share of all below 1, or a number of steps. */
  readonly deltaT?: number | undefined;
  /** AdaLoRA: γ, the weight of the orthogonality penalty in the loss. */
  readonly orthRegWeight?: number | undefined;
  /** AdaLoRA: how slowly the means of sensitivity (β₁) and of its uncertainty (β₂) move. */
  readonly beta1?: number | undefined;
  readonly beta2?: number | undefined;
  /** (IA)³: which of the target modules are scaled at their input. */
  readonly feedforwardModules?: string | readonly string[] | undefined;
}

/** What most methods adapt: all linear maps of a layer, whatever the model calls them (see `roles.ts`). */
export const allLinears: readonly string[] = ['@linear'];

/** LoRA's scaling: loraAlpha/rank, or loraAlpha/√rank with rsLoRA (Kalajdzievski, arXiv 2312.03732). */
export function loraScaling({ rank, loraAlpha, useRslora }: MethodSettings): number {
  return useRslora ? loraAlpha! / Math.sqrt(rank!) : loraAlpha! / rank!;
}

/** AdaLoRA's rank at the start: `initR`, or 1.5 rank, as PEFT's defaults and most of the paper's runs. */
export function initialRank({ rank, initR }: Pick<MethodSettings, 'rank' | 'initR'>): number {
  return initR ?? Math.ceil(1.5 * rank!);
}
