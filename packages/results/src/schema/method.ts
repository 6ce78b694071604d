import { z } from 'zod';

/** Settings of the MAP composition; null for methods that have none. Names as in docs/design.md. */
export const mapSettingsSchema = z.strictObject({
  start: z.enum(['paper', 'beta-zero']),
  baseScope: z.enum(['global', 'row', 'column', 'both', 'none']),
  deltaScope: z.enum(['global', 'row', 'column', 'both', 'none']),
  alpha: z.enum(['learned', 'frozen']),
  beta: z.enum(['learned', 'frozen']),
  parametrization: z.enum(['raw', 'relative', 'log']),
  /** β₀ as an absolute number, or as a share of ‖W‖_F. */
  betaStart: z.union([z.strictObject({ absolute: z.number() }), z.strictObject({ share: z.number() })]),
  scalarLearningRateMultiplier: z.number().positive(),
  epsilon: z.number().nonnegative(),
  epsilonMode: z.enum(['add', 'clamp']),
  detachNorm: z.boolean(),
});

/** A method and its settings. */
export const methodSettingsSchema = z.strictObject({
  /** The label of the table row: the method's name, or the ablation cell's. */
  label: z.string(),
  /** Registry name: head, lora, dora, lomap, ... */
  name: z.string(),
  rank: z.number().int().positive().nullable(),
  /** LoRA's α: the delta is scaled by loraAlpha / rank (void under map). */
  loraAlpha: z.number().nullable(),
  targetModules: z.union([z.string(), z.array(z.string())]).nullable(),
  adapterDropout: z.number().min(0).lt(1),
  map: mapSettingsSchema.nullable(),
  // Settings of single methods, under HF PEFT's names: absent where they are not used, so that ids stay.
  /** LoRA: the scaling is loraAlpha/√rank. */
  useRslora: z.boolean().optional(),
  /** LoRA: A starts N(0, 1/rank²), or A and B at W's largest singular values. */
  initLoraWeights: z.enum(['gaussian', 'pissa']).optional(),
  /** LoRA+: B's learning rate over A's. */
  loraPlusRatio: z.number().min(1).optional(),
  /** LoKr: whether w1 may have factors; the first factor of each dimension, -1 for near its square root. */
  decomposeBoth: z.boolean().optional(),
  decomposeFactor: z.union([z.literal(-1), z.number().int().positive()]).optional(),
  /** VeRA: the seed of the frozen projections; where λ_d starts. */
  projectionPrngKey: z.number().int().nonnegative().optional(),
  dInitial: z.number().optional(),
  /** DeLoRA: where λ starts. */
  deloraLambda: z.number().positive().optional(),
  /** AdaLoRA: the rank at the start; steps (or below 1 shares of them) before, after and between allocations. */
  initR: z.number().int().positive().optional(),
  tinit: z.number().nonnegative().optional(),
  tfinal: z.number().nonnegative().optional(),
  deltaT: z.number().positive().optional(),
  /** AdaLoRA: the weight of the orthogonality penalty; of the moving means of sensitivity and uncertainty. */
  orthRegWeight: z.number().nonnegative().optional(),
  beta1: z.number().gt(0).lt(1).optional(),
  beta2: z.number().gt(0).lt(1).optional(),
  /** (IA)³: the target modules that are scaled at their input. */
  feedforwardModules: z.union([z.string(), z.array(z.string()).readonly()]).optional(),
});

export type MapSettings = z.infer<typeof mapSettingsSchema>;
