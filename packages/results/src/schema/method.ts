/**
 * A method's settings. `.meta` holds what each key means and where it comes from; `lomap settings` and docs/settings.md
 * are made of it. `short` is the key in labels that a sweep file's lists of values make.
 */
import { z } from 'zod';

const MAP = 'MAP, arXiv 2505.23094';
const LORA = 'LoRA, arXiv 2106.09685';
const ADALORA = 'AdaLoRA, arXiv 2303.10512';
const VERA = 'VeRA, arXiv 2310.11454';

const scope = z.enum(['global', 'row', 'column', 'both', 'none']);
const learning = z.enum(['learned', 'frozen']);

/** Settings of the MAP composition; null for methods that have none. Names as in docs/design.md. */
export const mapSettingsSchema = z.strictObject({
  start: z.enum(['paper', 'beta-zero']).meta({
    description:
      'Where training starts: B = 0 with β₀ as betaStart says, or β₀ = 0 with A and B random. Both start at W* = W.',
    source: `${MAP} (paper); ours (beta-zero)`,
  }),
  baseScope: scope.meta({
    description:
      'The norm of W: of the whole matrix, of each row (output), of each column (input), rows and then columns, or none.',
    source: `${MAP} (global); ours (the others)`,
  }),
  deltaScope: scope.meta({
    description: 'The norm of the update Δ, with the scopes of baseScope.',
    source: `${MAP} (global); ours (the others)`,
  }),
  alpha: learning.meta({ description: 'Whether the magnitude of W trains.', source: MAP }),
  beta: learning.meta({ description: 'Whether the magnitude of the update trains.', source: MAP }),
  parametrization: z.enum(['raw', 'relative', 'log']).meta({
    description: 'What is learned: α and β themselves; a and b of α = ‖W‖(1 + a), β = ‖W‖_F b; or their logarithms.',
    source: 'ours',
  }),
  betaStart: z.union([z.strictObject({ absolute: z.number() }), z.strictObject({ share: z.number() })]).meta({
    description: 'β₀, the Frobenius norm of the normalised update at the start: a number, or a share of ‖W‖_F.',
    source: MAP,
  }),
  scalarLearningRateMultiplier: z.number().positive().meta({
    description: 'Factor on the learning rate of α and β.',
    source: 'ours',
    short: 'scalarRate',
  }),
  epsilon: z.number().nonnegative().meta({ description: 'ε of the denominators.', source: 'ours' }),
  epsilonMode: z
    .enum(['add', 'clamp'])
    .meta({ description: 'The denominator: ‖·‖ + ε, or max(‖·‖, ε).', source: 'ours' }),
  detachNorm: z.boolean().meta({
    description: 'Whether the norms are constants in the backward pass.',
    source: 'DoRA, arXiv 2402.09353, section 4.3',
  }),
  magnitudes: z
    .object({ rule: z.string() })
    .catchall(z.union([z.number(), z.string()]))
    .optional()
    .meta({
      description:
        'A rule that sets α or β, with its constants: share, width, probed, lora-equivalent, grown, decoupled or norm-keeping (docs/magnitude-rules.md). Absent: the published recipe.',
      source: 'ours',
      short: 'rule',
    }),
});

const modules = z.union([z.string(), z.array(z.string())]);
const steps = 'a share of all steps below 1, or a number of steps';

/** The settings of the methods that are documented here. A sweep file has no others. */
const known = z.strictObject({
  label: z
    .string()
    .meta({ description: "The row of the table: the method's name, or an ablation cell's.", source: 'ours' }),
  name: z
    .string()
    .meta({ description: "The registry's name: head, lora, dora, lomap, ... (`lomap methods`).", source: 'ours' }),
  rank: z.number().int().positive().nullable().meta({
    description: 'The rank r of the update; AdaLoRA: the mean rank that is left at the end.',
    source: LORA,
    short: 'r',
  }),
  loraAlpha: z.number().nullable().meta({
    description: "LoRA's α: the update is scaled by loraAlpha/rank. Without effect under a normalising MAP.",
    source: LORA,
    short: 'alpha',
  }),
  targetModules: modules.nullable().meta({
    description:
      'The linear maps that are adapted: names, each the path or its end after a dot, or one regular expression for whole paths. In a list `@linear` is all linear maps of the model’s layers; `@query`, `@key`, `@value`, `@attentionOutput`, `@up` and `@down` are what it calls those. A result records the names.',
    source: "HF PEFT's target_modules",
    short: 'targets',
  }),
  adapterDropout: z.number().min(0).lt(1).meta({ description: "Dropout of the update's input.", source: LORA }),
  map: mapSettingsSchema
    .nullable()
    .meta({ description: 'The settings of MAP, a key each; null for other methods.', source: MAP }),
  // Settings of single methods, under HF PEFT's names: absent where they are not used, so that ids stay.
  useRslora: z
    .boolean()
    .optional()
    .meta({ description: 'The scaling is loraAlpha/√rank.', source: 'rsLoRA, arXiv 2312.03732' }),
  initLoraWeights: z.enum(['gaussian', 'pissa']).optional().meta({
    description:
      "How A and B start: A from N(0, 1/rank²), or both at W's largest singular values. Absent: A kaiming-uniform, B = 0.",
    source: "HF PEFT's init_lora_weights; PiSSA, arXiv 2404.02948",
    short: 'init',
  }),
  loraPlusRatio: z.number().min(1).optional().meta({
    description: "B's learning rate over A's. Absent: 1.",
    source: 'LoRA+, arXiv 2402.12354',
  }),
  updateNorm: z
    .union([z.strictObject({ absolute: z.number().positive() }), z.strictObject({ share: z.number().positive() })])
    .optional()
    .meta({
      description:
        'LoRA: ‖sBA‖_F, to which B is scaled after each step, a number or a share of ‖W‖_F: the size of MAP’s update with LoRA’s gradient.',
      source: 'ours',
    }),
  decomposeBoth: z.boolean().optional().meta({
    description: 'LoKr: whether the first factor of the Kronecker product may be a low-rank product too.',
    source: "HF PEFT's decompose_both",
  }),
  decomposeFactor: z
    .union([z.literal(-1), z.number().int().positive()])
    .optional()
    .meta({
      description: 'LoKr: the first factor of each dimension; -1: near its square root.',
      source: "HF PEFT's decompose_factor",
    }),
  projectionPrngKey: z.number().int().nonnegative().optional().meta({
    description: 'VeRA: the seed of the frozen projections.',
    source: "HF PEFT's projection_prng_key",
  }),
  dInitial: z.number().optional().meta({ description: 'VeRA: where λ_d starts.', source: VERA }),
  deloraLambda: z.number().positive().optional().meta({
    description: 'DeLoRA: where λ, the size of the update, starts.',
    source: 'DeLoRA, arXiv 2503.18225',
    short: 'lambda',
  }),
  initR: z.number().int().positive().optional().meta({
    description: 'AdaLoRA: the rank that every matrix starts with. Absent: 1.5 rank, rounded up.',
    source: ADALORA,
  }),
  tinit: z
    .number()
    .nonnegative()
    .optional()
    .meta({
      description: `AdaLoRA: steps before the first rank is taken away: ${steps}.`,
      source: ADALORA,
    }),
  tfinal: z
    .number()
    .nonnegative()
    .optional()
    .meta({
      description: `AdaLoRA: steps after the last rank is taken away: ${steps}.`,
      source: ADALORA,
    }),
  deltaT: z
    .number()
    .positive()
    .optional()
    .meta({
      description: `AdaLoRA: steps from one allocation to the next: ${steps}.`,
      source: ADALORA,
    }),
  orthRegWeight: z.number().nonnegative().optional().meta({
    description: 'AdaLoRA: γ, the weight of the orthogonality penalty in the loss.',
    source: ADALORA,
  }),
  beta1: z.number().gt(0).lt(1).optional().meta({
    description: "AdaLoRA: β₁, how slowly the moving mean of a rank's sensitivity moves.",
    source: ADALORA,
  }),
  beta2: z.number().gt(0).lt(1).optional().meta({
    description: "AdaLoRA: β₂, how slowly the mean of the sensitivity's uncertainty moves.",
    source: ADALORA,
  }),
  feedforwardModules: z
    .union([z.string(), z.array(z.string()).readonly()])
    .optional()
    .meta({
      description: '(IA)³: which of the target modules are scaled at their input instead of their output.',
      source: "HF PEFT's feedforward_modules",
      short: 'feedforward',
    }),
});

/** What a setting that is not documented here may be: a method's from outside, whose registry checks it. */
const ownSetting = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.union([z.string(), z.number(), z.boolean()])),
]);

/** A method and its settings. The type has the known keys: who reads another one says what it is. */
export const methodSettingsSchema = known.catchall(ownSetting) as unknown as typeof known;

export type MapSettings = z.infer<typeof mapSettingsSchema>;
