/**
 * The schema of a trial's result: what a run writes and every report reads.
 *
 * `trial` is a pure function of the settings, the code and the data; `measured` is the only block that may differ
 * between two runs of one trial; `provenance` says what produced the numbers.
 */
import { z } from 'zod';

/** The value of `schemaVersion`. A reader refuses any other. */
export const SCHEMA_VERSION = 1;

const scoresSchema = z.record(z.string(), z.number());

/** Settings of the MAP composition; null for methods that have none. Names as in docs/design.md. */
export const mapSettingsSchema = z.strictObject({
  start: z.enum(['paper', 'beta-zero']),
  baseScope: z.enum(['global', 'row', 'column', 'both', 'none']),
  deltaScope: z.enum(['global', 'row', 'column', 'both', 'none']),
  alpha: z.enum(['learned', 'frozen']),
  beta: z.enum(['learned', 'frozen']),
  parametrization: z.enum(['raw', 'relative', 'log']),
  /** β₀ as an absolute number, or as a share of ‖W‖_F. */
  betaStart: z.union([z.strictObject({ absolute: z.number() }), z.strictObject({ share: z.number() })]),
  scalarLearningRateMultiplier: z.number().positive(),
  epsilon: z.number().nonnegative(),
  epsilonMode: z.enum(['add', 'clamp']),
  detachNorm: z.boolean(),
});

/** What is measured of forgetting after each epoch, beside the score on the selection split. */
export const forgettingSchema = z.strictObject({
  /** Held-out texts of the corpus that the encoder was pretrained on, for the loss of its masked-LM head. */
  maskedLm: z.strictObject({ corpus: z.string(), texts: z.number().int().positive() }).nullable(),
  /**
   * A task that the whole encoder is fine-tuned on first; the trial starts from that encoder with a fresh head, and the
   * task is tested again with the head it was learned with. What is not here is as in `training`.
   */
  previous: z
    .strictObject({
      task: z.string(),
      dataSha256: z.string(),
      learningRate: z.number().positive(),
      epochs: z.number().positive(),
      maxTrainSamples: z.number().int().positive().nullable(),
    })
    .nullable(),
});

/** What is recorded of the adapted matrices while they are trained. */
export const geometrySettingsSchema = z.strictObject({
  /** How many checkpoints, evenly spaced over the steps; the last is the end. */
  checkpoints: z.number().int().positive(),
  /** The random updates to compare with: their rank, and their sizes as shares of ‖W‖_F. */
  randomRank: z.number().int().positive(),
  randomShares: z.array(z.number().positive()),
});

/** Everything that decides a trial's numbers; its canonical JSON is hashed to the trial's id. */
export const settingsSchema = z.strictObject({
  task: z.string(),
  method: z.strictObject({
    /** The label of the table row: the method's name, or the ablation cell's. */
    label: z.string(),
    /** Registry name: head, lora, dora, lomap, ... */
    name: z.string(),
    rank: z.number().int().positive().nullable(),
    /** LoRA's α: the delta is scaled by loraAlpha / rank (void under map). */
    loraAlpha: z.number().nullable(),
    targetModules: z.union([z.string(), z.array(z.string())]).nullable(),
    adapterDropout: z.number().min(0).lt(1),
    map: mapSettingsSchema.nullable(),
    // Settings of single methods, under HF PEFT's names: absent where they are not used, so that ids stay.
    /** LoRA: the scaling is loraAlpha/√rank. */
    useRslora: z.boolean().optional(),
    /** LoRA: A starts N(0, 1/rank²), or A and B at W's largest singular values. */
    initLoraWeights: z.enum(['gaussian', 'pissa']).optional(),
    /** LoRA+: B's learning rate over A's. */
    loraPlusRatio: z.number().min(1).optional(),
    /** LoKr: whether w1 may have factors; the first factor of each dimension, -1 for near its square root. */
    decomposeBoth: z.boolean().optional(),
    decomposeFactor: z.union([z.literal(-1), z.number().int().positive()]).optional(),
    /** VeRA: the seed of the frozen projections; where λ_d starts. */
    projectionPrngKey: z.number().int().nonnegative().optional(),
    dInitial: z.number().optional(),
    /** DeLoRA: where λ starts. */
    deloraLambda: z.number().positive().optional(),
    /** AdaLoRA: the rank at the start; steps (or below 1 shares of them) before, after and between allocations. */
    initR: z.number().int().positive().optional(),
    tinit: z.number().nonnegative().optional(),
    tfinal: z.number().nonnegative().optional(),
    deltaT: z.number().positive().optional(),
    /** AdaLoRA: the weight of the orthogonality penalty; of the moving means of sensitivity and uncertainty. */
    orthRegWeight: z.number().nonnegative().optional(),
    beta1: z.number().gt(0).lt(1).optional(),
    beta2: z.number().gt(0).lt(1).optional(),
    /** (IA)³: the target modules that are scaled at their input. */
    feedforwardModules: z.union([z.string(), z.array(z.string()).readonly()]).optional(),
  }),
  model: z.strictObject({ name: z.string(), type: z.string(), sha256: z.string() }),
  data: z.strictObject({ name: z.string(), sha256: z.string() }),
  training: z.strictObject({
    batchSize: z.number().int().positive(),
    epochs: z.number().positive(),
    maxSteps: z.number().int().positive().nullable(),
    maxLength: z.number().int().positive(),
    learningRate: z.number().positive(),
    headLearningRate: z.number().positive().nullable(),
    schedule: z.enum(['linear', 'constant']),
    warmupRatio: z.number().min(0).max(1),
    warmupSteps: z.number().int().nonnegative().nullable(),
    weightDecay: z.number().nonnegative(),
    betas: z.tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)]),
    adamEpsilon: z.number().positive(),
    maxGradNorm: z.number().positive().nullable(),
    clipping: z.enum(['group', 'joint']),
    /** Dropout of the model's hidden states, attention and classifier; null keeps the checkpoint's own rates. */
    dropout: z.number().min(0).lt(1).nullable(),
    maxTrainSamples: z.number().int().positive().nullable(),
    /** Parts in which a batch goes through the model; absent: one, from commit ff763bc on as many as the rows' mean length asks for. */
    gradientAccumulationSteps: z.number().int().positive().optional(),
    /** Whether a layer's activations are computed again in the backward pass; absent: kept. */
    gradientCheckpointing: z.boolean().optional(),
    /** Where the bias of a regression head starts: 0 (also where absent), or the mean label of the training rows. */
    regressionBias: z.enum(['zero', 'label-mean']).optional(),
  }),
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

/** One epoch's evaluation on the selection split. */
export const epochSchema = z.strictObject({ epoch: z.number(), step: z.number().int(), scores: scoresSchema });

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

export const trialSchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{64}$/),
  sweep: z.string(),
  /** `main` trials feed tables; `search` trials only choose hyperparameters and never touch dev. */
  purpose: z.enum(['main', 'search']),
  settings: settingsSchema,
  steps: z.number().int(),
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
  /** Mean training loss of each step, and the gradient norms (before clipping) and clipping factors by group. */
  curves: z.strictObject({
    loss: z.array(z.number()),
    learningRate: z.array(z.number()),
    gradientNorm: z.record(z.string(), z.array(z.number())),
    clippingFactor: z.record(z.string(), z.array(z.number())),
  }),
  epochs: z.array(epochSchema),
  /** What `epochs` has of forgetting, before the first step; absent where forgetting is not measured. */
  beforeTraining: scoresSchema.optional(),
  chosenEpoch: z.number().nullable(),
  /** The task's primary metric on the selection split at the chosen epoch. */
  selectionScore: z.number().nullable(),
  /** By dev split (`dev`, or `dev_matched` and `dev_mismatched`): every metric, in [-1, 1]; empty if dev was not scored. */
  dev: z.record(z.string(), scoresSchema),
  /** The same by level of difficulty (`1`, `2`, ...); absent where the data has no levels. */
  devByLevel: z.record(z.string(), z.record(z.string(), scoresSchema)).optional(),
  /** The task's primary metric and its value on dev. */
  primary: z.strictObject({ metric: z.string(), value: z.number().nullable() }),
  matrices: z.array(matrixSchema),
  /** Absent where it was not asked for. */
  geometry: geometrySchema.optional(),
  /** A learned scalar's cell in which no α or β moved 5 %. */
  effectivelyFrozen: z.boolean().nullable(),
  notes: z.array(z.string()),
});

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

export type MapSettings = z.infer<typeof mapSettingsSchema>;
export type Forgetting = z.infer<typeof forgettingSchema>;
export type GeometrySettings = z.infer<typeof geometrySettingsSchema>;
export type Geometry = z.infer<typeof geometrySchema>;
export type GeometryPoint = z.infer<typeof geometryPointSchema>;
export type Turn = z.infer<typeof turnSchema>;
export type TrialSettings = z.infer<typeof settingsSchema>;
export type Trial = z.infer<typeof trialSchema>;
export type Measured = z.infer<typeof measuredSchema>;
export type Provenance = z.infer<typeof provenanceSchema>;
export type TrialResult = z.infer<typeof resultSchema>;
