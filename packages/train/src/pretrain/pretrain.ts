import { fold, key, type DeviceOptions } from '@lomap/compile';
import { modelOf, ModelError, type Encoding, type MaskedExample, type WritableTensor } from '@lomap/models';
import { fit, type FitOptions, type FitResult } from '../fit.ts';
import { maskedLmScore, type MaskedLmScore } from '../objectives/masked-lm.ts';
import type { DrawnExamples } from '../training-examples.ts';
import { alterationSource } from './altered-text.ts';
import { fromScratch, pretrainingSpecs } from './from-scratch.ts';
import { maskForEvaluation, maskTokens, trainingMaskKey, type MaskingVocabulary } from './masking.ts';
import { pretrainingObjective } from './objective.ts';
import { trainingSettings, type PretrainSettings } from './settings.ts';

/** What of a run `fit` is given as it is. */
type Passed = Pick<FitOptions, 'signal' | 'onStep' | 'onNote' | 'resumeDirectory' | 'saveEverySteps'>;

/** A pretraining run. */
export interface PretrainOptions extends Passed {
  /** A parsed `config.json` of an architecture that can be pretrained. */
  readonly config: Readonly<Record<string, unknown>>;
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
  readonly onEvaluation?: ((evaluation: Evaluation) => void) | undefined;
}

/** One evaluation on the held-out texts. */
export interface Evaluation extends MaskedLmScore {
  /** Steps done. */
  readonly step: number;
}

/** What a pretraining run came to. */
export interface PretrainResult extends Pick<FitResult, 'status' | 'steps' | 'curves' | 'seconds'> {
  /** Tensors by HF's names, of the last step. */
  readonly tensors: ReadonlyMap<string, WritableTensor>;
  readonly evaluations: readonly Evaluation[];
}

/**
 * Trains an encoder from random weights by masked-language modelling, all its tensors at once: `fit` of texts whose masks are
 * drawn anew in every pass. The result is a function of texts, settings, seed and numeric device options; a run stopped at
 * any step and started again ends with the same bits.
 *
 * @throws ModelError when the architecture has no masked-language modelling or cannot start from random weights.
 * @throws DivergenceError when the loss or a gradient norm is not finite.
 */
export async function pretrain(options: PretrainOptions): Promise<PretrainResult> {
  const { config, settings, seed, vocabulary, device, cacheDirectory, onEvaluation } = options;
  if (options.train.length === 0 || options.heldOut.length === 0)
    throw new Error('There are no texts to train or evaluate on.');
  const model = modelOf(config, 'config.json');
  const pretraining = model.maskedLm?.pretraining;
  if (!pretraining) throw new ModelError(`A ${model.title} cannot be pretrained by masked-language modelling.`);
  const { alteredTextWeight } = settings;
  const specs = pretrainingSpecs(model, pretraining, alteredTextWeight > 0);
  const result = await fit({
    ...fromScratch(model.title, specs),
    ...{ device, cacheDirectory, seed },
    objective: pretrainingObjective(pretraining, alteredTextWeight),
    train: maskedTexts(options, model.limits.maxPositions),
    selection: maskForEvaluation(options.heldOut, vocabulary),
    score: (readings) => ({ ...maskedLmScore(readings) }),
    primaryMetric: 'accuracy',
    selectEpoch: 'last',
    evaluateEverySteps: settings.evaluateEverySteps,
    settings: trainingSettings(settings, model.limits.maxPositions),
    resumeDirectory: options.resumeDirectory,
    saveEverySteps: options.saveEverySteps,
    signal: options.signal,
    onStep: options.onStep,
    onNote: options.onNote,
    onEpoch: ({ step, scores }) => onEvaluation?.(evaluationOf(step, scores)),
  });
  const { status, steps, curves, seconds } = result;
  return {
    ...{ status, steps, curves, seconds },
    tensors: new Map(specs.map(({ name, shape }, i) => [name, { shape, data: result.params[i]! }])),
    evaluations: result.epochs.map(({ step, scores }) => evaluationOf(step, scores)),
  };
}

/**
 * Texts with hidden tokens, other ones in every pass; of altered texts, labelled 1, another half of them in every pass.
 *
 * @param maxLength the longest text that the model reads.
 */
export function maskedTexts(
  { config, train, settings, seed, vocabulary }: Omit<PretrainOptions, keyof Passed>,
  maxLength: number,
): DrawnExamples<MaskedExample> {
  const { maskRate, alteredTextWeight } = settings;
  const source = alteredTextWeight > 0 ? alterationSource(train, vocabulary.specialIds, maxLength) : null;
  const masking = { ...vocabulary, specialIds: [...vocabulary.specialIds] };
  return {
    rows: train.length,
    draw(row, pass) {
      const altered = source?.alter(row, fold(key(seed), 'altered', pass, row)) ?? null;
      const masked = maskTokens(altered ?? train[row]!, vocabulary, trainingMaskKey(seed, pass, row), maskRate);
      return { ...masked, label: Number(altered !== null) };
    },
    identity: JSON.stringify({ config, masking, maskRate, train }),
  };
}

function evaluationOf(step: number, scores: Readonly<Record<string, number>>): Evaluation {
  const { loss = Number.NaN, accuracy = Number.NaN, tokens = 0 } = scores;
  return { step, loss, accuracy, tokens };
}
