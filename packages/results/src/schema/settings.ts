import { z } from 'zod';
import { forgettingSchema } from './forgetting.ts';
import { geometrySettingsSchema } from './geometry.ts';
import { methodSettingsSchema } from './method.ts';
import { trainingSettingsSchema } from './training.ts';

/** Everything that decides a trial's numbers; its canonical JSON is hashed to the trial's id. */
export const settingsSchema = z.strictObject({
  task: z.string(),
  method: methodSettingsSchema,
  model: z.strictObject({ name: z.string(), type: z.string(), sha256: z.string() }),
  data: z.strictObject({ name: z.string(), sha256: z.string() }),
  training: trainingSettingsSchema,
  selection: z.strictObject({
    fraction: z.number().min(0).lt(1),
    maximum: z.number().int().nonnegative(),
    seed: z.number().int(),
    /** Which epoch's weights are scored on dev: the best on the selection split, or the last. */
    epoch: z.enum(['best', 'last']),
  }),
  evaluateDev: z.boolean(),
  /** Absent where forgetting is not measured. */
  forgetting: forgettingSchema.optional(),
  /** Absent where the geometry of the updates is not recorded. */
  geometry: geometrySettingsSchema.optional(),
  engine: z.strictObject({
    device: z.string(),
    /** ONNX Runtime's graph optimisation level. */
    optimizationLevel: z.enum(['disabled', 'basic', 'extended', 'all']),
    prepacking: z.boolean(),
  }),
  seed: z.number().int(),
});

export type TrialSettings = z.infer<typeof settingsSchema>;
