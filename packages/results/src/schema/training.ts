import { z } from 'zod';

const ADAM = 'Adam, arXiv 1412.6980';
const HF = (name: string): string => `HF's TrainingArguments.${name}`;

/** How a model is trained, whatever the method. */
export const trainingSettingsSchema = z.strictObject({
  batchSize: z
    .number()
    .int()
    .positive()
    .meta({
      description: 'Examples of one optimizer step.',
      source: HF('per_device_train_batch_size'),
      short: 'batch',
    }),
  epochs: z
    .number()
    .positive()
    .meta({ description: 'Passes over the training rows.', source: HF('num_train_epochs') }),
  maxSteps: z
    .number()
    .int()
    .positive()
    .nullable()
    .meta({
      description: 'Optimizer steps instead of epochs; null: as many as the epochs take.',
      source: HF('max_steps'),
      short: 'steps',
    }),
  maxLength: z.number().int().positive().meta({
    description: 'The most tokens of an example; a longer one is cut.',
    source: "HF tokenizers' max_length",
  }),
  learningRate: z
    .number()
    .positive()
    .meta({
      description: 'The peak learning rate of the adapter, and of the head where headLearningRate is null.',
      source: HF('learning_rate'),
      short: 'lr',
    }),
  headLearningRate: z.number().positive().nullable().meta({
    description: "The peak learning rate of the head (pooler and classifier); null: the adapter's.",
    source: 'ours',
    short: 'headLr',
  }),
  schedule: z.enum(['linear', 'constant']).meta({
    description: 'The learning rate after the warm-up: down to 0 in a line, or constant.',
    source: HF('lr_scheduler_type'),
  }),
  warmupRatio: z
    .number()
    .min(0)
    .max(1)
    .meta({
      description: 'The share of the steps in which the learning rate rises from 0.',
      source: HF('warmup_ratio'),
      short: 'warmup',
    }),
  warmupSteps: z
    .number()
    .int()
    .nonnegative()
    .nullable()
    .meta({
      description: 'The number of these steps instead of their share; null: warmupRatio counts.',
      source: HF('warmup_steps'),
    }),
  weightDecay: z
    .number()
    .nonnegative()
    .meta({ description: "AdamW's decoupled weight decay.", source: 'AdamW, arXiv 1711.05101', short: 'decay' }),
  optimizer: z.string().optional().meta({
    description: "The optimizer, by the name that it is registered under; absent: 'adamw'.",
    source: 'AdamW, arXiv 1711.05101',
  }),
  betas: z.tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)]).meta({
    description: "Adam's β₁ and β₂.",
    source: ADAM,
  }),
  adamEpsilon: z.number().positive().meta({ description: "Adam's ε.", source: ADAM }),
  maxGradNorm: z
    .number()
    .positive()
    .nullable()
    .meta({
      description: 'Gradients of a larger norm are scaled down to it; null: none are.',
      source: HF('max_grad_norm'),
      short: 'clip',
    }),
  clipping: z.enum(['group', 'joint']).meta({
    description: 'Whether the gradients of head, adapter and scalars are clipped apart or together.',
    source: 'ours',
  }),
  dropout: z.number().min(0).lt(1).nullable().meta({
    description:
      "Dropout of the model's hidden states, attention and classifier; null keeps the checkpoint's own rates.",
    source: "BERT's config.json",
  }),
  classifierDropout: z.number().min(0).lt(1).optional().meta({
    description: 'Dropout in front of the classifier. Absent: as dropout says.',
    source: "cls_dropout of DeBERTa's config.json",
  }),
  maxTrainSamples: z.number().int().positive().nullable().meta({
    description: 'The most training rows, drawn with selection.seed; null: all that the selection split leaves.',
    source: "max_train_samples of HF's run_glue.py",
    short: 'rows',
  }),
  gradientAccumulationSteps: z
    .number()
    .int()
    .positive()
    .optional()
    .meta({
      description:
        "Parts in which a batch goes through the model. Absent: as many as the rows' mean length asks for (the result says).",
      source: HF('gradient_accumulation_steps'),
      short: 'parts',
    }),
  gradientCheckpointing: z
    .boolean()
    .optional()
    .meta({
      description: "Whether a layer's activations are computed again in the backward pass. Absent: they are kept.",
      source: HF('gradient_checkpointing'),
    }),
  regressionBias: z.enum(['zero', 'label-mean']).optional().meta({
    description: "Where the bias of a regression head starts: 0 (also where absent), or the training rows' mean label.",
    source: 'ours',
  }),
});
