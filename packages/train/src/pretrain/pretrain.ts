import { createHash } from 'node:crypto';
import { floats, fold, key, tf, type DeviceOptions } from '@lomap/compile';
import {
  bertEncoder,
  bertForMaskedLm,
  bertPooler,
  firstTokens,
  maskedBatchSpecs,
  maskedLmLogits,
  packMasked,
  plainContext,
  tiedDecoder,
  type BertConfig,
  type Context,
  type Dropout,
  type Encoding,
  type MaskedExample,
  type TensorMaskedBatch,
  type WritableTensor,
} from '@lomap/models';
import type { ParamSpec } from '@lomap/peft';
import { dropoutSites } from '../dropout.ts';
import { initialParams } from '../initial.ts';
import { layout, packParams, unpackParams } from '../layout.ts';
import { trainLoop, type LoopOptions } from '../loop.ts';
import { crossEntropy } from '../objectives/losses.ts';
import { adamw } from '../optimizers/adamw.ts';
import { dataOrder } from '../order.ts';
import type { Curves } from '../progress.ts';
import { learningRates, stepsPerEpoch } from '../schedule.ts';
import { createStepEngine } from '../step-engine.ts';
import type { BatchLoss } from '../step.ts';
import { alterationSource, alteredTextLoss } from './altered-text.ts';
import { createMaskedLmEvaluator, type MaskedLmScore } from './masked-lm-loss.ts';
import { maskForEvaluation, maskTokens, trainingMaskKey, type MaskingVocabulary } from './masking.ts';
import type { PretrainSettings } from './settings.ts';
import { maskedLmSpecs } from './specs.ts';

/** A pretraining run. */
export interface PretrainOptions extends Pick<LoopOptions, 'signal' | 'onStep' | 'onNote'> {
  readonly config: BertConfig;
  readonly vocabulary: MaskingVocabulary;
  /** Texts, or pairs of texts, with their special tokens. */
  readonly train: readonly Encoding[];
  /** Texts that are not trained on: evaluated at intervals and at the end, under masks that stay the same. */
  readonly heldOut: readonly Encoding[];
  readonly settings: PretrainSettings;
  /** Decides the start, the order of the texts, the masks and dropout. */
  readonly seed: number;
  readonly device: DeviceOptions;
  /** Where graphs and dropout pools are kept between runs. */
  readonly cacheDirectory: string;
  /** Where checkpoints go; null: none. */
  readonly checkpointDirectory: string | null;
  readonly checkpointEverySteps: number;
  readonly onEvaluation?: ((evaluation: Evaluation) => void) | undefined;
}

/** One evaluation on the held-out texts. */
export interface Evaluation extends MaskedLmScore {
  /** Steps done. */
  readonly step: number;
}

/** What a pretraining run came to. */
export interface PretrainResult {
  readonly status: 'complete' | 'interrupted';
  /** Tensors by HF's names, of the last step. */
  readonly tensors: ReadonlyMap<string, WritableTensor>;
  readonly steps: number;
  readonly curves: Curves;
  readonly evaluations: readonly Evaluation[];
  /** Wall-clock seconds: compile (this attempt's), train and evaluate (all attempts'). */
  readonly seconds: Record<string, number>;
}

/**
 * Trains a BERT from random weights by masked-language modelling, all its tensors at once. Masks are drawn anew in every
 * pass over the texts. The result is a function of texts, settings, seed and numeric device options; a run stopped at any
 * step and started again ends with the same bits.
 *
 * @throws DivergenceError when the loss or a gradient norm is not finite.
 */
export async function pretrain(options: PretrainOptions): Promise<PretrainResult> {
  const { config, settings, seed, train, vocabulary, device, cacheDirectory } = options;
  if (train.length === 0 || options.heldOut.length === 0)
    throw new Error('There are no texts to train or evaluate on.');
  const specs = maskedLmSpecs(config, settings.alteredTextWeight > 0);
  const where = layout(specs);
  const initial = packParams(where, initialParams(specs, seed));
  const sites = dropoutSites(cacheDirectory);
  const { betas, adamEpsilon: epsilon, weightDecay } = settings;
  const optimizer = adamw({ betas, epsilon, weightDecay });
  const heldOut = maskForEvaluation(options.heldOut, vocabulary);
  const started = performance.now();
  const engine = await createStepEngine<TensorMaskedBatch>({
    layout: where,
    loss: pretrainingLoss(config, specs, settings.alteredTextWeight, (offsets) => sites.at(offsets)),
    batch: maskedBatchSpecs(settings.batchSize),
    sites,
    optimizer,
    clipping: { maxNorm: settings.maxGradNorm, by: 'joint' },
    device,
    cacheDirectory,
  });
  try {
    const context = (params: readonly tf.Tensor[]): Context => contextOf(specs, params);
    const evaluator = await createMaskedLmEvaluator({
      maskedLm: {
        vocabularySize: config.vocabularySize,
        logits: (own, batch) => bertForMaskedLm(config, own, batch),
      },
      ...{ specs, context, device, cacheDirectory },
    });
    const compileSeconds = (performance.now() - started) / 1000;
    try {
      const batchAt = maskedBatches(options);
      const progress = await trainLoop({
        initial,
        slots: optimizer.slots,
        groups: where.groups.map(({ name }) => name),
        learningRates: learningRates(settings.steps, { ...settings, schedule: 'linear', warmupSteps: null }),
        // Evaluations take the place of the ends of epochs.
        stepsPerEpoch: settings.evaluateEverySteps,
        step: (state, k, learningRate) =>
          engine.step(state, { k, learningRate, seed }, [
            { batch: packMasked(batchAt(k), settings.batchSize), share: 1 },
          ]),
        evaluate: async (params) => ({
          scores: { ...(await evaluator.evaluate(unpackParams(where, params), heldOut, options)) },
        }),
        primaryMetric: 'accuracy',
        checkpoints:
          options.checkpointDirectory === null
            ? null
            : {
                directory: options.checkpointDirectory,
                everySteps: options.checkpointEverySteps,
                fingerprint: fingerprint(options),
              },
        signal: options.signal,
        onStep: options.onStep,
        onEpoch: ({ step, scores }) => options.onEvaluation?.(evaluationOf(step, scores)),
        onNote: options.onNote,
      });
      const values = unpackParams(where, floats(progress.state.params));
      return {
        status: progress.complete ? 'complete' : 'interrupted',
        tensors: new Map(specs.map(({ name, shape }, i) => [name, { shape, data: values[i]! }])),
        steps: progress.step,
        curves: progress.curves,
        evaluations: progress.epochs.map(({ step, scores }) => evaluationOf(step, scores)),
        seconds: { compile: compileSeconds, ...progress.seconds },
      };
    } finally {
      await evaluator.dispose();
    }
  } finally {
    await engine.dispose();
  }
}

/** The examples of each step, masked, the altered ones labelled 1: a function of seed, texts and step. */
export function maskedBatches(
  options: Pick<PretrainOptions, 'train' | 'settings' | 'seed' | 'vocabulary' | 'config'>,
): (step: number) => MaskedExample[] {
  const { train, settings, seed, vocabulary, config } = options;
  const rowsOf = dataOrder(seed, train.length, settings.batchSize);
  const perEpoch = stepsPerEpoch(train.length, settings.batchSize);
  const source =
    settings.alteredTextWeight > 0 ? alterationSource(train, vocabulary.specialIds, config.maxPositions) : null;
  return (step) => {
    const epoch = Math.floor(step / perEpoch);
    return [...rowsOf(step)].map((row) => {
      const altered = source?.alter(row, fold(key(seed), 'altered', epoch, row)) ?? null;
      const text = altered ?? train[row]!;
      const masked = maskTokens(text, vocabulary, trainingMaskKey(seed, epoch, row), settings.maskRate);
      return { ...masked, label: Number(altered !== null) };
    });
  };
}

/** Masked-language modelling's cross-entropy, plus the weighted loss of telling altered texts. */
function pretrainingLoss(
  config: BertConfig,
  specs: readonly ParamSpec[],
  alteredTextWeight: number,
  dropoutAt: (offsets: tf.Tensor1D) => Dropout,
): BatchLoss<TensorMaskedBatch> {
  return (params, batch, offsets) => {
    const context = contextOf(specs, params, dropoutAt(offsets));
    const hidden = bertEncoder(config, context, batch);
    const logits = maskedLmLogits(config, context, batch, hidden);
    const loss = crossEntropy(logits, batch.maskedIds as tf.Tensor1D, batch.maskedWeights as tf.Tensor1D);
    if (alteredTextWeight === 0) return loss;
    const [labels, weights] = [batch.labels as tf.Tensor1D, batch.weights as tf.Tensor1D];
    const pooled = bertPooler(context, firstTokens(batch, hidden));
    return tf.add(loss, tf.mul(alteredTextWeight, alteredTextLoss(context, pooled, labels, weights)));
  };
}

/** The context that reads every tensor from the parameters, in the order of the specs, with a tied decoder. */
function contextOf(specs: readonly ParamSpec[], params: readonly tf.Tensor[], dropout?: Dropout): Context {
  const byName = new Map(specs.map(({ name }, i) => [name, params[i]!]));
  const param = (name: string): tf.Tensor => {
    const tensor = byName.get(name);
    if (!tensor) throw new Error(`A BERT for masked-language modelling has no tensor ${name}.`);
    return tensor;
  };
  return tiedDecoder(plainContext(param, dropout));
}

function evaluationOf(step: number, scores: Readonly<Record<string, number>>): Evaluation {
  const { loss = Number.NaN, accuracy = Number.NaN, tokens = 0 } = scores;
  return { step, loss, accuracy, tokens };
}

/** Tells runs apart by everything that decides the result, code apart. */
function fingerprint({ config, vocabulary, settings, seed, device, train, heldOut }: PretrainOptions): string {
  const engine = { ...device, threads: undefined };
  const masking = { ...vocabulary, specialIds: [...vocabulary.specialIds] };
  const digest = createHash('sha256');
  digest.update(JSON.stringify({ purpose: 'pretrain', config, masking, settings, seed, engine }));
  for (const split of [train, heldOut]) {
    digest.update(`split of ${split.length}`);
    for (const encoding of split) digest.update(JSON.stringify(encoding));
  }
  return digest.digest('hex');
}
