/**
 * The schema of a trial's result: what a run writes and every report reads.
 *
 * `trial` is a pure function of the settings, the code and the data; `measured` is the only block that may differ
 * between two runs of one trial; `provenance` says what produced the numbers.
 */
import { z } from 'zod';
import { trialSchema } from './trial.ts';

/** The value of `schemaVersion`. A reader refuses any other. */
export const SCHEMA_VERSION = 1;

export const measuredSchema = z.strictObject({
  startedAt: z.string(),
  finishedAt: z.string(),
  /** Wall-clock seconds by phase: load, compile, train, evaluate, total. */
  seconds: z.record(z.string(), z.number()),
  peakMemoryBytes: z.number().int(),
  attempts: z.number().int(),
  pid: z.number().int(),
  host: z.string(),
  threads: z.number().int(),
  /** Wall-clock milliseconds of a training step: quartiles over the steps of the attempt that finished. */
  stepMilliseconds: z
    .strictObject({ median: z.number(), low: z.number(), high: z.number(), steps: z.number().int() })
    .optional(),
  /** Seconds to merge the adapters into the weights on the processor; absent for methods that merge nothing. */
  mergeSeconds: z.number().optional(),
  /** Bytes of adapter/adapter_model.safetensors; absent where no adapter was kept, and in older results. */
  adapterBytes: z.number().int().positive().optional(),
  /** Whether the trial had a process to itself, so that memory and times are its own. Absent: not asked for. */
  ownProcess: z.boolean().optional(),
});

export const provenanceSchema = z.strictObject({
  commit: z.string().nullable(),
  dirty: z.boolean().nullable(),
  lockfileSha256: z.string().nullable(),
  versions: z.record(z.string(), z.string()),
  os: z.string(),
  processor: z.string(),
  device: z.strictObject({ name: z.string(), version: z.string() }),
  modelSha256: z.string(),
  dataSha256: z.string(),
});

export const resultSchema = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  trial: trialSchema,
  measured: measuredSchema,
  provenance: provenanceSchema,
});

export type Measured = z.infer<typeof measuredSchema>;
export type Provenance = z.infer<typeof provenanceSchema>;
export type TrialResult = z.infer<typeof resultSchema>;
