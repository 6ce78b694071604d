/** Our training step, over and over: what the benchmarks time, and what the floor is taken from. */
import type { DeviceOptions } from '@lomap/compile';
import type { EncodedExample } from '@lomap/models';
import {
  createTrainEngine,
  gradientAccumulationSteps,
  initialParams,
  predict,
  type AdaptedModel,
  type SequenceObjective,
  type TrainingSettings,
} from '@lomap/train';
import { adaptedModel, commonTraining } from './adapted-model.ts';
import type { MethodName } from './methods.ts';

export interface TrainerOptions {
  readonly model: string;
  readonly method: MethodName;
  /** Of every adapter. @default 8 */
  readonly rank?: number;
  readonly examples: readonly EncodedExample[];
  readonly device: DeviceOptions;
  readonly cacheDirectory: string;
  readonly learningRate: number;
  readonly maxGradNorm: number;
  /** The classifier's starting weight [2, hidden]; absent: a random one. */
  readonly classifier?: readonly (readonly number[])[];
  /** @default 0 */
  readonly dropout?: number;
  /** Whether a later process may find the compiled graphs in the cache. @default false */
  readonly cached?: boolean;
}

export interface Trainer {
  /** Trained parameters. */
  readonly parameters: number;
  /** Parts in which the batch goes through the model, as training chooses them. */
  readonly passes: number;
  /** One training step, on the first batch or on another of at most its size: its milliseconds and its loss. */
  step(other?: readonly EncodedExample[]): Promise<{ ms: number; loss: number }>;
  /** Compiles the model for evaluation and runs the first batch. */
  evaluate(): Promise<void>;
  dispose(): Promise<void>;
}

const SEED = 0;

/** Opens the checkpoint, binds the method and compiles the step. Nothing has run yet. */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  return trainerOf(await adaptedModel({ ...options, numLabels: 2 }), options);
}

/** Compiles the step of an opened model. */
export async function trainerOf(
  model: AdaptedModel & { readonly objective: SequenceObjective },
  options: Omit<TrainerOptions, 'model' | 'method' | 'rank' | 'device' | 'cacheDirectory' | 'cached'>,
): Promise<Trainer> {
  const { examples, learningRate, maxGradNorm } = options;
  const { objective, adaptation } = model;
  const settings: TrainingSettings = {
    ...commonTraining,
    batchSize: examples.length,
    epochs: 1,
    maxSteps: null,
    learningRate,
    maxGradNorm,
    dropout: options.dropout ?? 0,
  };
  const passes = gradientAccumulationSteps(
    settings,
    examples.map(({ inputIds }) => inputIds.length),
  );
  const engine = await createTrainEngine(model, { objective, seed: SEED, settings, passes });
  const params = initialParams(adaptation.specs, SEED);
  if (options.classifier) place(params, adaptation.specs, 'classifier.weight', options.classifier.flat());
  let state = engine.start(params);
  let steps = 0;
  return {
    parameters: params.reduce((sum, { length }) => sum + length, 0),
    passes,
    async step(other = examples) {
      const started = performance.now();
      const result = await engine.step(state, steps++, learningRate, other);
      const ms = performance.now() - started;
      state = result.state;
      return { ms, loss: result.metrics.loss.data[0]! };
    },
    async evaluate() {
      await predict({ ...model, params: engine.params(state), examples });
    },
    dispose: () => engine.dispose(),
  };
}

function place(
  params: readonly Float32Array[],
  specs: readonly { readonly name: string }[],
  name: string,
  values: readonly number[],
): void {
  const own = params[specs.findIndex((spec) => spec.name === name)];
  if (own?.length !== values.length) throw new Error(`${name} is not a trained tensor of ${values.length} values.`);
  own.set(values);
}

/** The request's rows as examples of the engine; one segment. */
export function examplesOf(
  inputIds: readonly (readonly number[])[],
  labels: readonly number[],
): readonly EncodedExample[] {
  return inputIds.map((ids, i) => ({ inputIds: ids, tokenTypeIds: ids.map(() => 0), label: labels[i]! }));
}
