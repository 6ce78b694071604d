/** How a trial is trained: the shape of `settings.training` in a result. */
export interface TrainingSettings {
  /** Examples a step; a short last batch of an epoch is filled with examples of weight 0. */
  readonly batchSize: number;
  /**
   * Parts in which a batch goes through the model, one after another, before its one step; divides `batchSize`. Less memory,
   * the same step to rounding (dropout masks are others). @default as `gradientAccumulationSteps()` finds from the rows
   */
  readonly gradientAccumulationSteps?: number | undefined;
  /**
   * Whether the backward pass computes each layer's activations again from its input instead of keeping them: less memory,
   * more time, the same numbers. An eager device (`tfjs-*`) ignores it. @default false
   */
  readonly gradientCheckpointing?: boolean | undefined;
  /** Passes over the training rows; a fraction ends inside a pass. */
  readonly epochs: number;
  /** Optimizer steps, instead of `epochs`. */
  readonly maxSteps: number | null;
  /** Tokens an example is cut to. Applied when examples are encoded; void here. */
  readonly maxLength: number;
  /** Peak learning rate. */
  readonly learningRate: number;
  /** Peak learning rate of the task head; null: the same. */
  readonly headLearningRate: number | null;
  readonly schedule: 'linear' | 'constant';
  /** Share of the steps that warm up. */
  readonly warmupRatio: number;
  /** Steps that warm up, instead of `warmupRatio`. */
  readonly warmupSteps: number | null;
  /** A name of `optimizerNames()`. @default 'adamw' */
  readonly optimizer?: string | undefined;
  /** Decoupled weight decay of the tensors whose spec says `decay`. */
  readonly weightDecay: number;
  /** Decay rates of Adam's first and second moment. */
  readonly betas: readonly [number, number];
  /** Added to the square root of the second moment. */
  readonly adamEpsilon: number;
  /** Largest norm a gradient keeps; null: no clipping. */
  readonly maxGradNorm: number | null;
  /** `group`: adapter, scalars and head each by a norm of their own; `joint`: all by the global norm. */
  readonly clipping: 'group' | 'joint';
  /** Replaces every dropout rate of the model (not the adapter's own); null keeps them. */
  readonly dropout: number | null;
  /** Replaces the dropout rate in front of the classifier. @default as `dropout` says */
  readonly classifierDropout?: number | undefined;
  /** Training rows used. Applied when rows are chosen; void here. */
  readonly maxTrainSamples: number | null;
  /**
   * Where the bias of a regression head starts: the mean label of the training rows, or 0. From 0 the first hundreds of
   * steps, at a small learning rate, go into the mean of the labels instead of their differences. @default 'zero'
   */
  readonly regressionBias?: 'zero' | 'label-mean' | undefined;
}
