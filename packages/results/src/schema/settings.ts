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
    fraction: z.number().min(0).lt(1).meta({
      description: 'The share of the training rows that is held out to choose epochs and learning rates by.',
      source: 'ours',
    }),
    maximum: z.number().int().nonnegative().meta({ description: 'The most rows that are held out.', source: 'ours' }),
    seed: z.number().int().meta({
      description: 'Draws the held-out rows, and those of maxTrainSamples and maxDevSamples: the same in every trial.',
      source: 'ours',
    }),
    epoch: z.enum(['best', 'last']).meta({
      description: "Which epoch's weights are scored on dev: the best on the held-out rows, or the last.",
      source: "HF's TrainingArguments.load_best_model_at_end",
    }),
  }),
  evaluateDev: z.boolean(),
  /** The most rows of each dev split that are scored, drawn with `selection.seed`. Absent: all. */
  maxDevSamples: z.number().int().positive().optional(),
  /** Absent where forgetting is not measured. */
  forgetting: forgettingSchema.optional(),
  /** Absent where the geometry of the updates is not recorded. */
  geometry: geometrySettingsSchema.optional(),
  /** SHA-256 of the plugins that the sweep file names, sorted: code beside the commit. Absent where it names none. */
  plugins: z
    .array(z.string().regex(/^[0-9a-f]{64}$/))
    .min(1)
    .optional(),
  engine: z.strictObject({
    device: z.string().meta({
      description: 'What computes: cpu, webgpu, cuda, tfjs-... (`lomap doctor` tests each).',
      source: 'ours',
    }),
    optimizationLevel: z.enum(['disabled', 'basic', 'extended', 'all']).meta({
      description: "ONNX Runtime's graph optimisation level; it changes last bits.",
      source: "ONNX Runtime's graphOptimizationLevel",
      short: 'optimization',
    }),
    prepacking: z.boolean().meta({
      description: 'Whether ONNX Runtime rearranges constant weights once, for speed; it changes last bits.',
      source: "ONNX Runtime's session.disable_prepacking",
    }),
  }),
  seed: z.number().int(),
});

export type TrialSettings = z.infer<typeof settingsSchema>;
