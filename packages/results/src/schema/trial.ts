import { z } from 'zod';
import { geometrySchema } from './geometry.ts';
import { settingsSchema } from './settings.ts';

const scoresSchema = z.record(z.string(), z.number());

/** One epoch's evaluation on the selection split. */
export const epochSchema = z.strictObject({
  epoch: z.number(),
  step: z.number().int(),
  scores: scoresSchema,
  /** Whether the predictions behind the scores hardly vary (`hardlyVary`); older results lack it. */
  collapsed: z.boolean().optional(),
});

/** What an adapted matrix ended as; null where a method has no such number. */
export const matrixSchema = z.strictObject({
  path: z.string(),
  /** ‖W* - W‖_F and ‖W‖_F */
  updateNorm: z.number(),
  baseNorm: z.number(),
  /** ‖Δ‖_F of the unnormalised, unscaled delta. */
  deltaNorm: z.number().nullable(),
  /** α over its start, minus 1; β; β at the start: means over the entries for vectors. */
  alphaChange: z.number().nullable(),
  beta: z.number().nullable(),
  betaStart: z.number().nullable(),
  /** The rank that training left the matrix; absent where ranks are settings. */
  rank: z.number().int().nonnegative().optional(),
});

/** Mean training loss of each step, and the gradient norms (before clipping) and clipping factors by group. */
export const curvesSchema = z.strictObject({
  /** Steps in a point of every curve, which is their mean (the last point may have fewer); absent: one. */
  every: z.number().int().positive().optional(),
  loss: z.array(z.number()),
  learningRate: z.array(z.number()),
  gradientNorm: z.record(z.string(), z.array(z.number())),
  clippingFactor: z.record(z.string(), z.array(z.number())),
});

export const trialSchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{64}$/),
  sweep: z.string(),
  /** `main` trials feed tables; `search` trials only choose hyperparameters and never touch dev. */
  purpose: z.enum(['main', 'search']),
  settings: settingsSchema,
  steps: z.number().int(),
  /** Parts in which each batch went through the model; older results lack it: one before commit ff763bc. */
  gradientAccumulationSteps: z.number().int().positive().optional(),
  trainExamples: z.number().int(),
  selectionExamples: z.number().int(),
  parameters: z.strictObject({
    /** Trainable parameters without and with the task head. */
    adapter: z.number().int(),
    head: z.number().int(),
    base: z.number().int(),
    /** Of `adapter`, without the ranks that training took away; absent where ranks are settings. */
    kept: z.number().int().optional(),
  }),
  curves: curvesSchema,
  epochs: z.array(epochSchema),
  /** What `epochs` has of forgetting, before the first step; absent where forgetting is not measured. */
  beforeTraining: scoresSchema.optional(),
  chosenEpoch: z.number().nullable(),
  /** The task's primary metric on the selection split at the chosen epoch. */
  selectionScore: z.number().nullable(),
  /** By dev split (`dev`, or `dev_matched` and `dev_mismatched`): every metric, in [-1, 1]; empty if dev was not scored. */
  dev: z.record(z.string(), scoresSchema),
  /** By dev split, how many rows were scored; absent where all were. */
  devExamples: z.record(z.string(), z.number().int()).optional(),
  /** The same by level of difficulty (`1`, `2`, ...); absent where the data has no levels. */
  devByLevel: z.record(z.string(), z.record(z.string(), scoresSchema)).optional(),
  /** By dev split: whether the predictions hardly vary (`hardlyVary`); older results lack it, as do those without dev. */
  devCollapsed: z.record(z.string(), z.boolean()).optional(),
  /** Of predictions.csv: its rows and the SHA-256 of its bytes. Older results lack it, and so do trials without dev. */
  predictions: z
    .strictObject({ rows: z.number().int().positive(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })
    .optional(),
  /** The task's primary metric and its value on dev. */
  primary: z.strictObject({ metric: z.string(), value: z.number().nullable() }),
  matrices: z.array(matrixSchema),
  /** Absent where it was not asked for. */
  geometry: geometrySchema.optional(),
  /** A learned scalar's cell in which no α or β moved 5 %. */
  effectivelyFrozen: z.boolean().nullable(),
  notes: z.array(z.string()),
});

export type Curves = z.infer<typeof curvesSchema>;
export type Trial = z.infer<typeof trialSchema>;
