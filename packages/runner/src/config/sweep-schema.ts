/**
 * The schema of a sweep file: data, not code, and only what differs from the defaults.
 */
import { mapSettingsSchema, settingsSchema } from '@lomap/results';
import { z } from 'zod';

const { method, training, selection, engine } = settingsSchema.shape;

/** What may differ in a method: its own settings, those of `map` one by one. */
const methodOverridesSchema = z.strictObject({
  ...method.omit({ label: true, name: true, map: true }).partial().shape,
  map: mapSettingsSchema.partial().optional(),
});

const overridesSchema = z.strictObject({
  method: methodOverridesSchema.optional(),
  training: training.partial().optional(),
  selection: selection.partial().optional(),
  engine: engine.partial().optional(),
});

const labelSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,40}$/, 'expected letters, digits, ".", "_", "+" or "-" (it names a folder)');

const methodEntrySchema = z.strictObject({
  /** The table's row, unique in the sweep. */
  label: labelSchema,
  /** Registry name, such as `lomap`. */
  name: z.string(),
  ...methodOverridesSchema.shape,
  training: training.partial().optional(),
});

const sourceSchema = z.string().regex(/\S/, 'expected a folder or a name, and it is empty');

const seedSchema = z.number().int().nonnegative();

export const sweepFileSchema = z.strictObject({
  /** Names the folders results/<name> and runs/<name>. */
  name: labelSchema,
  description: z.string().optional(),
  /** A command to try after this sweep, printed at its end. */
  next: z.string().optional(),
  /** The model and the data where no flag names others: what the flags take; a folder is seen from the file's own. */
  model: sourceSchema.optional(),
  data: sourceSchema.optional(),
  base: overridesSchema.optional(),
  // Each may be empty where a flag replaces it; `checkSweep` asks for what is left.
  tasks: z.array(z.string()),
  methods: z.array(z.union([z.string(), methodEntrySchema])),
  seeds: z.array(seedSchema),
  /**
   * A list: every method at each of these learning rates, a curve instead of a choice. A table: the learning rate of
   * each task and method (by label), as an earlier search chose them.
   */
  learningRates: z
    .union([z.array(z.number().positive()).min(1), z.record(z.string(), z.record(z.string(), z.number().positive()))])
    .optional(),
  tasksOverrides: z.record(z.string(), overridesSchema).optional(),
  methodsOverrides: z.record(z.string(), overridesSchema).optional(),
  /** Measures forgetting after each epoch: on held-out pretraining texts, on a task learned before, or both. */
  forgetting: z
    .strictObject({
      maskedLmTexts: z.number().int().positive().optional(),
      previous: z
        .strictObject({
          task: z.string(),
          learningRate: z.number().positive(),
          epochs: z.number().positive(),
          maxTrainSamples: z.number().int().positive().nullable().optional(),
        })
        .optional(),
    })
    .optional(),
  /**
   * Records ΔM, ΔD, ‖ΔW‖, α and β of every adapted matrix at `checkpoints` evenly spaced steps, beside random updates
   * of rank `randomRank` (8 when absent) and of these sizes as shares of ‖W‖.
   */
  geometry: z
    .strictObject({
      checkpoints: z.number().int().positive(),
      randomRank: z.number().int().positive().optional(),
      randomShares: z.array(z.number().positive()).optional(),
    })
    .optional(),
  /** Runs each trial in a process of its own, so that its peak memory and its times are its own. */
  ownProcess: z.boolean().optional(),
  /**
   * Chooses each method's learning rate on the selection split of a task, with seeds of its own. The task "each": on
   * each task of the sweep for itself.
   */
  search: z
    .strictObject({
      task: z.string(),
      seeds: z.array(seedSchema).min(1),
      learningRates: z.array(z.number().positive()).min(1),
    })
    .optional(),
});

export type SweepFile = z.infer<typeof sweepFileSchema>;
export type Overrides = z.infer<typeof overridesSchema>;
export type MethodEntry = z.infer<typeof methodEntrySchema>;
