import { z } from 'zod';

/** What is recorded of the adapted matrices while they are trained. */
export const geometrySettingsSchema = z.strictObject({
  /** How many checkpoints, evenly spaced over the steps; the last is the end. */
  checkpoints: z.number().int().positive(),
  /** The random updates to compare with: their rank, and their sizes as shares of ‖W‖_F. */
  randomRank: z.number().int().positive(),
  randomShares: z.array(z.number().positive()),
});

const turnShape = {
  /** ΔM: mean over the outputs of | ‖w*_o‖ - ‖w_o‖ |, w_o the row of W [out, in] of output o. */
  magnitude: z.number(),
  /** ΔD: mean over the outputs of 1 - cos(w*_o, w_o). */
  direction: z.number(),
  /** Pearson's correlation of the two over the matrix's outputs; null where one of them does not vary. */
  correlation: z.number().nullable(),
};

/** How far an update changes the length and the direction of W's rows. */
export const turnSchema = z.strictObject(turnShape);

/** An adapted matrix at a checkpoint. */
export const geometryPointSchema = z.strictObject({
  step: z.number().int(),
  path: z.string(),
  ...turnShape,
  /** The same of a random update of the settings' rank with the same ‖ΔW‖_F. */
  random: turnSchema,
  /** ‖ΔW‖_F over ‖W‖_F. */
  relativeNorm: z.number(),
  /** As in `matrices`. */
  alphaChange: z.number().nullable(),
  beta: z.number().nullable(),
});

/** A random update of W, of this share of ‖W‖_F. */
export const randomTurnSchema = z.strictObject({ path: z.string(), share: z.number(), ...turnShape });

export const geometrySchema = z.strictObject({
  points: z.array(geometryPointSchema),
  /** One of each size for every adapted matrix; they depend on the weights and the seed alone. */
  random: z.array(randomTurnSchema),
});

export type GeometrySettings = z.infer<typeof geometrySettingsSchema>;
export type Geometry = z.infer<typeof geometrySchema>;
export type GeometryPoint = z.infer<typeof geometryPointSchema>;
export type Turn = z.infer<typeof turnSchema>;
