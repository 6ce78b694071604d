/** The schema of a pretraining file: every setting is written down, since the file is the model's record. */
import { z } from 'zod';

const count = z.int().positive();
const share = z.number().min(0).max(1);
const rate = z.number().min(0).lt(1);

export const pretrainingFileSchema = z.strictObject({
  /** Names the folders experiments/pretraining/<name> and runs/pretraining-<name>. */
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,40}$/, 'expected letters, digits, ".", "_", "+" or "-" (it names a folder)'),
  description: z.string().optional(),
  /** Decides the start, the order of the texts, pairs, masks and dropout. */
  seed: z.int().nonnegative(),
  corpus: z.strictObject({
    /** Texts of one to three sentences to train on. */
    texts: count,
    heldOutTexts: count,
    seed: z.int().nonnegative(),
    /** Of the texts of several sentences, the share that is encoded as a pair, so that the second segment is trained. */
    pairShare: share,
  }),
  vocabulary: z.strictObject({
    /** Most tokens. */
    size: count,
    /** Occurrences that a pair of pieces needs to become a token. */
    minFrequency: count,
    /** Whether pieces that no word is made of any more give their place to others. */
    dropUnused: z.boolean(),
  }),
  model: z
    .strictObject({
      hiddenSize: count,
      layers: count,
      heads: count,
      intermediateSize: count,
      /** Longest text in tokens; a longer one is cut. */
      maxPositions: count.min(8),
      hiddenDropout: rate,
      attentionDropout: rate,
      initializerRange: z.number().positive(),
      layerNormEpsilon: z.number().positive(),
    })
    .refine(({ hiddenSize, heads }) => hiddenSize % heads === 0, {
      path: ['hiddenSize'],
      message: 'is not divisible by heads',
    }),
  training: z.strictObject({
    /** Texts a step. */
    batchSize: count,
    steps: count,
    /** Peak learning rate; linear warm-up and decay. */
    learningRate: z.number().positive(),
    warmupRatio: share,
    weightDecay: z.number().min(0),
    betas: z.tuple([rate, rate]),
    adamEpsilon: z.number().positive(),
    maxGradNorm: z.number().positive().nullable(),
    maskRate: z.number().positive().lt(1),
    /** Weight of the loss by which the pooled first token tells altered texts; 0: the pooler is not trained. */
    alteredTextWeight: z.number().min(0).default(0),
    evaluateEverySteps: count,
  }),
});

export type PretrainingFile = z.infer<typeof pretrainingFileSchema>;
