/**
 * The schema of a sweep file: data, not code, and only what differs from the defaults. `.meta` holds what each key means;
 * `lomap settings` and docs/settings.md are made of it.
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

/** Each key with a value of its own, or with a list of them. */
type OrLists<S extends Readonly<Record<string, z.ZodOptional>>> = {
  readonly [K in keyof S]: z.ZodOptional<
    z.ZodUnion<[ReturnType<S[K]['unwrap']>, z.ZodArray<ReturnType<S[K]['unwrap']>>]>
  >;
};

function orLists<S extends Readonly<Record<string, z.ZodOptional>>>(shape: S): OrLists<S> {
  const either = Object.entries(shape).map(([key, schema]) => {
    const value = schema.unwrap() as z.ZodType;
    return [key, z.union([value, z.array(value).min(1)]).optional()];
  });
  return Object.fromEntries(either) as OrLists<S>;
}

const { map: mapOverrides, ...ownOverrides } = methodOverridesSchema.shape;

/** As a file has it: lists of values make a row of each. What is itself a list by nature is a value, not a list of some. */
const writtenEntrySchema = z.strictObject({
  label: labelSchema,
  name: z.string(),
  ...orLists(ownOverrides),
  map: z.strictObject(orLists(mapOverrides.unwrap().shape)).optional(),
  training: z.strictObject(orLists(training.partial().shape)).optional(),
});

/** The settings whose values a method's entry may list, by their place in it: '' for its own. */
export const listable = {
  '': ownOverrides,
  map: mapOverrides.unwrap().shape,
  training: training.partial().shape,
} as const satisfies Readonly<Record<string, Readonly<Record<string, z.ZodType>>>>;

const sourceSchema = z.string().regex(/\S/, 'expected a folder or a name, and it is empty');
const seedSchema = z.number().int().nonnegative();
const rateSchema = z.number().positive();

export const sweepFileSchema = z.strictObject({
  name: labelSchema.meta({ description: 'Names the sweep’s folders in results/ and runs/.' }),
  description: z.string().optional().meta({ description: 'A sentence for the report.' }),
  next: z.string().optional().meta({ description: 'A command to try after this sweep, printed at its end.' }),
  question: z.array(z.string()).min(1).optional().meta({
    description:
      'The settings whose difference between methods is what the sweep asks about, by key: training.epochs. Methods that differ in others than their own are not compared.',
  }),
  model: sourceSchema.optional().meta({
    description: 'What --model takes, where the flag is not given: a folder, seen from the file’s own, or ORG/NAME.',
  }),
  data: sourceSchema.optional().meta({
    description:
      'What --data takes, where the flag is not given: a folder, seen from the file’s own, glue or synthetic.',
  }),
  plugins: z.array(sourceSchema).min(1).optional().meta({
    description:
      'Modules that add methods, tasks, architectures and the like, seen from the file’s own folder: code, which runs with your rights. Their hashes are in the trials’ identity.',
  }),
  base: overridesSchema.optional().meta({
    description:
      'Settings of all trials, in the blocks method, training, selection and engine. A method gets those that it has.',
  }),
  // Each may be empty where a flag replaces it; `checkSweep` asks for what is left.
  tasks: z.array(z.string()).meta({ description: 'The columns of the table (`lomap tasks`).' }),
  methods: z.array(z.union([z.string(), writtenEntrySchema])).meta({
    description:
      'The rows of the table: names (`lomap methods`), or objects with label, name and settings. A list of values in place of a setting’s value makes a row of each, and several lists a row of each combination.',
  }),
  seeds: z.array(seedSchema).meta({ description: 'The seeds that are reported: start, order of the rows, dropout.' }),
  learningRates: z
    .union([z.array(rateSchema).min(1), z.record(z.string(), z.record(z.string(), rateSchema))])
    .optional()
    .meta({
      description:
        'A list: every method at each of these rates, a curve instead of a choice. A table: the rate of each task and label, as an earlier search chose them.',
    }),
  tasksOverrides: z
    .record(z.string(), overridesSchema)
    .optional()
    .meta({ description: 'Settings of one task’s trials, as base.' }),
  methodsOverrides: z.record(z.string(), overridesSchema).optional().meta({
    description:
      'Settings of one row’s trials, by label, as base. The label of an entry with lists means all its rows.',
  }),
  maxDevSamples: z.number().int().positive().optional().meta({
    description:
      'The most rows of each dev split that are scored, drawn with selection.seed, the same in every trial. Absent: all. Scores on a part of dev are for looking.',
  }),
  forgetting: z
    .strictObject({
      maskedLmTexts: z.number().int().positive().optional().meta({
        description: 'How many held-out texts of its pretraining the encoder’s masked-LM loss is measured on.',
      }),
      previous: z
        .strictObject({
          task: z
            .string()
            .meta({ description: 'The task that the whole encoder is fine-tuned on first, and tested on again.' }),
          learningRate: rateSchema.meta({ description: 'The learning rate of that training.' }),
          epochs: z.number().positive().meta({ description: 'Its passes over the training rows.' }),
          maxTrainSamples: z
            .number()
            .int()
            .positive()
            .nullable()
            .optional()
            .meta({ description: 'Its most training rows. Absent: all.' }),
        })
        .optional()
        .meta({ description: 'A task learned before, which the trial may forget.' }),
    })
    .optional()
    .meta({ description: 'Measures forgetting before the first step and after each epoch.' }),
  geometry: z
    .strictObject({
      checkpoints: z.number().int().positive().meta({ description: 'At how many evenly spaced steps.' }),
      randomRank: z
        .number()
        .int()
        .positive()
        .optional()
        .meta({ description: 'The rank of the random updates beside. Absent: 8.' }),
      randomShares: z.array(z.number().positive()).optional().meta({
        description: 'Their sizes as shares of ‖W‖_F. Absent: 0.003, 0.01, 0.03, 0.1, 0.3.',
      }),
    })
    .optional()
    .meta({ description: 'Records ΔM, ΔD, ‖ΔW‖, α and β of every adapted matrix while it is trained.' }),
  ownProcess: z.boolean().optional().meta({
    description:
      'Runs each trial in a process of its own, so that its peak memory and its times are its own. Absent: false.',
  }),
  search: z
    .strictObject({
      task: z.string().meta({
        description:
          'The task whose selection split chooses, or "each": each task for itself. Where --tasks leaves this task out, the first of its tasks takes its place.',
      }),
      seeds: z.array(seedSchema).min(1).meta({ description: 'Seeds of the search alone, never reported.' }),
      learningRates: z.array(rateSchema).min(1).meta({ description: 'The rates to choose from.' }),
    })
    .optional()
    .meta({ description: 'Chooses each method’s learning rate before the reported trials are planned.' }),
});

/** A sweep file as it is written. */
/** A schema that takes these keys too; its type keeps those of its own. */
function withKeys<S extends z.ZodObject>(schema: S, further: Readonly<Record<string, z.ZodType>>): S {
  return schema.extend(further) as unknown as S;
}

/**
 * The schema with settings of methods that it does not document, in every place where a method's settings are. What their values
 * must be the registry says.
 *
 * @param keys names of settings
 */
export function sweepFileSchemaWith(keys: Iterable<string>): typeof sweepFileSchema {
  const scalar = z.union([z.string(), z.number(), z.boolean()]);
  const further = Object.fromEntries([...keys].map((key) => [key, z.union([scalar, z.array(scalar)]).optional()]));
  if (Object.keys(further).length === 0) return sweepFileSchema;
  const overrides = overridesSchema.extend({ method: withKeys(methodOverridesSchema, further).optional() });
  return sweepFileSchema.extend({
    base: overrides.optional(),
    methods: z.array(z.union([z.string(), withKeys(writtenEntrySchema, further)])),
    tasksOverrides: z.record(z.string(), overrides).optional(),
    methodsOverrides: z.record(z.string(), overrides).optional(),
  });
}

export type SweepFile = z.infer<typeof sweepFileSchema>;
export type Overrides = z.infer<typeof overridesSchema>;
/** An entry that is one row of the table. */
export interface MethodEntry extends z.infer<typeof methodOverridesSchema> {
  readonly label: string;
  readonly name: string;
  readonly training?: Overrides['training'];
}
/** An entry with a value or a list of values for each setting. */
export type WrittenEntry = z.infer<typeof writtenEntrySchema>;
/** A sweep file in which every entry is one row. */
export type PlainSweepFile = Omit<SweepFile, 'methods'> & { readonly methods: readonly MethodEntry[] };
