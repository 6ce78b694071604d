/**
 * The schema of a sweep file: data, not code, and only what differs from the defaults.
 */
import { mapSettingsSchema, settingsSchema } from '@lomap/results';
import { z } from 'zod';

const { method, training, selection, engine } = settingsSchema.shape;

/** What may differ in a method: its own settings, those of `map` one by one. */
const methodOverridesSchema = z.strictObject({
  ...method.pick({ rank: true, loraAlpha: true, targetModules: true, adapterDropout: true }).partial().shape,
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

const seedSchema = z.number().int().nonnegative();

export const sweepFileSchema = z.strictObject({
  /** Names the folders results/<name> and runs/<name>. */
  name: labelSchema,
  description: z.string().optional(),
  base: overridesSchema.optional(),
  // Each may be empty where a flag replaces it; `checkSweep` asks for what is left.
  tasks: z.array(z.string()),
  methods: z.array(z.union([z.string(), methodEntrySchema])),
  seeds: z.array(seedSchema),
  tasksOverrides: z.record(z.string(), overridesSchema).optional(),
  methodsOverrides: z.record(z.string(), overridesSchema).optional(),
  /** Chooses each method's learning rate on the selection split of one task, with seeds of its own. */
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
