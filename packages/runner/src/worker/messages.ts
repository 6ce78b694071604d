/** What runner and worker say to each other, checked on arrival. */
import { provenanceSchema, settingsSchema } from '@lomap/results';
import { z } from 'zod';

/** What is the same for all trials of a sweep; the worker adds its machine, and the device that it really got. */
export const runProvenanceSchema = provenanceSchema.pick({
  commit: true,
  dirty: true,
  lockfileSha256: true,
  versions: true,
  os: true,
  processor: true,
});
export type RunProvenance = z.infer<typeof runProvenanceSchema>;

/** What a worker is told once, before its first trial: where it finds what assignments name. */
export const workerStartSchema = z.strictObject({
  /** Folders of the model and of the data that the sweep's trials name by hash. */
  model: z.string(),
  data: z.string(),
  /** Where compiled graphs and encoders are kept. */
  cache: z.string(),
  /** The sweep's work: a trial's checkpoint, heartbeat and result lie in the folder of its name. */
  work: z.string(),
  threads: z.number().int().positive(),
  /** Plugins to load before the first trial, by content. */
  plugins: z.array(z.strictObject({ path: z.string(), sha256: z.string() })),
});
export type WorkerStart = z.infer<typeof workerStartSchema>;

/** One trial: names and hashes, and no path. */
export const assignmentSchema = z.strictObject({
  id: z.string(),
  /** The name of its folder. */
  folder: z.string().regex(/^[^/\\]+$/, 'expected the name of a folder'),
  sweep: z.string(),
  purpose: z.enum(['main', 'search']),
  settings: settingsSchema,
  notes: z.array(z.string()),
  /** 1 at the first start. */
  attempt: z.number().int(),
  checkpointEverySteps: z.number().int().positive(),
  /** Whether a trial's adapter is left beside its result. Absent: no. */
  keepAdapters: z.boolean().optional(),
  /** Whether the worker ends with the trial, so that memory and times are the trial's own; absent: it goes on. */
  ownProcess: z.boolean().optional(),
  provenance: runProvenanceSchema,
});
export type Assignment = z.infer<typeof assignmentSchema>;

export const commandSchema = z.discriminatedUnion('type', [
  /** The first, once. */
  z.strictObject({ type: z.literal('start'), start: workerStartSchema }),
  z.strictObject({ type: z.literal('run'), assignment: assignmentSchema }),
  /** Stop at the next step, write a checkpoint, report `interrupted`. */
  z.strictObject({ type: z.literal('stop') }),
  z.strictObject({ type: z.literal('exit') }),
]);
export type Command = z.infer<typeof commandSchema>;

export const trialErrorSchema = z.strictObject({
  name: z.string(),
  message: z.string(),
  stack: z.string().nullable(),
  /** A system error's code, such as `ENOSPC`. */
  code: z.string().nullable(),
});
export type TrialError = z.infer<typeof trialErrorSchema>;

/** Its files are in this folder, whole. */
const completeSchema = z.strictObject({ type: z.literal('complete'), folder: z.string() });
const failedSchema = z.strictObject({ type: z.literal('failed'), error: trialErrorSchema });
/** Stopped at a step with a checkpoint, or (with an error) killed from outside. */
const interruptedSchema = z.strictObject({ type: z.literal('interrupted'), error: trialErrorSchema.optional() });

/** How a worker ends a trial. */
export type WorkerEnding =
  z.infer<typeof completeSchema> | z.infer<typeof failedSchema> | z.infer<typeof interruptedSchema>;

export const reportSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('step'), step: z.number(), steps: z.number(), loss: z.number() }),
  /** What it does besides training steps: `scoring dev`, 512 of 40430 examples. */
  z.strictObject({
    type: z.literal('activity'),
    doing: z.string(),
    done: z.number().optional(),
    total: z.number().optional(),
  }),
  z.strictObject({ type: z.literal('epoch'), epoch: z.number(), metric: z.string(), score: z.number() }),
  z.strictObject({ type: z.literal('note'), text: z.string() }),
  completeSchema,
  failedSchema,
  interruptedSchema,
]);
export type Report = z.infer<typeof reportSchema>;
/** What a trial tells while it runs. */
export type TrialReport = Extract<Report, { type: 'step' | 'activity' | 'epoch' | 'note' }>;
