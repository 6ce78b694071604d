/** What runner and worker say to each other over the IPC channel, checked on arrival. */
import { provenanceSchema, settingsSchema } from '@lomap/results';
import { z } from 'zod';

/** What is the same for all trials of a sweep; the worker adds the device that it really got. */
export const runProvenanceSchema = provenanceSchema.pick({
  commit: true,
  dirty: true,
  lockfileSha256: true,
  versions: true,
  os: true,
  processor: true,
});
export type RunProvenance = z.infer<typeof runProvenanceSchema>;

/** One trial and everything that a worker needs to run it. */
export const assignmentSchema = z.strictObject({
  id: z.string(),
  folder: z.string(),
  sweep: z.string(),
  purpose: z.enum(['main', 'search']),
  settings: settingsSchema,
  notes: z.array(z.string()),
  /** 1 at the first start. */
  attempt: z.number().int(),
  threads: z.number().int().positive(),
  checkpointEverySteps: z.number().int().positive(),
  /** Whether a trial's adapter is left beside its result. Absent: no. */
  keepAdapters: z.boolean().optional(),
  /** Whether the worker ends with the trial, so that memory and times are the trial's own; absent: it goes on. */
  ownProcess: z.boolean().optional(),
  paths: z.strictObject({
    model: z.string(),
    data: z.string(),
    cache: z.string(),
    checkpoint: z.string(),
    heartbeat: z.string(),
    staging: z.string(),
    result: z.string(),
    /** Where what stands in the result's place goes. */
    setAside: z.string(),
  }),
  provenance: runProvenanceSchema,
});
export type Assignment = z.infer<typeof assignmentSchema>;

export const commandSchema = z.discriminatedUnion('type', [
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

const completeSchema = z.strictObject({
  type: z.literal('complete'),
  metric: z.string(),
  /** On dev, or on the selection split where dev is not scored. */
  score: z.number().nullable(),
  selectionScore: z.number().nullable(),
  /** That the predictions behind `score` hardly vary; absent: they do. */
  collapsed: z.literal(true).optional(),
});
const failedSchema = z.strictObject({ type: z.literal('failed'), error: trialErrorSchema });
/** Stopped at a step with a checkpoint, or (with an error) killed from outside. */
const interruptedSchema = z.strictObject({ type: z.literal('interrupted'), error: trialErrorSchema.optional() });

/** How a trial ended. */
export type Outcome = z.infer<typeof completeSchema> | z.infer<typeof failedSchema> | z.infer<typeof interruptedSchema>;

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
