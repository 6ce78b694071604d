/** What a fine-tuned encoder has forgotten: numbers of its parameters, taken after each epoch. */
import { key } from '@lomap/compile';
import {
  exceeding,
  ModelError,
  openCheckpoint,
  readMaskedLmHead,
  withHead,
  type Checkpoint,
  type EncodedExample,
  type HeadTensors,
  type Tokenizer,
} from '@lomap/models';
import type { Forgetting } from '@lomap/results';
import { pretrainingCorpus } from '@lomap/synthetic';
import { score, type Task } from '@lomap/tasks';
import {
  createPredictor,
  encodeTexts,
  maskedLm,
  maskedLmScore,
  maskForEvaluation,
  maskingVocabulary,
  sequenceObjective,
  type AdaptedModel,
} from '@lomap/train';
import { watched, type Oversight } from './oversight.ts';

/**
 * Takes the numbers of parameters in the order of the adaptation's specs; an InterruptedError when the trial is stopped.
 * Dispose of it when done.
 */
export interface ForgettingGauge {
  measure(params: Float32Array[]): Promise<Record<string, number>>;
  dispose(): Promise<void>;
}

/** What a gauge needs to know of the trial. */
export interface ForgettingOptions {
  readonly forgetting: Forgetting;
  readonly checkpoint: Checkpoint;
  readonly model: AdaptedModel;
  readonly tokenizer: Tokenizer;
  readonly maxLength: number;
  /** The checkpoint's folder, with the heads that the file holds beside the encoder. */
  readonly directory: string;
  /** The task learned before and its dev examples; null where none was. */
  readonly previous: { readonly task: Task; readonly dev: readonly EncodedExample[] } | null;
  readonly oversight: Oversight;
}

/**
 * - `update_norm`: ‖ΔW‖_F over all tensors of the encoder that the method changes.
 * - `masked_lm_loss`, `masked_lm_accuracy`: of held-out pretraining texts under the head the encoder was pretrained
 *   with, in nats a hidden token; the same tokens are hidden in every trial.
 * - `previous_<metric>`: on the dev set of the task learned before, with the pooler and classifier it was learned with.
 */
export async function forgettingGauge(options: ForgettingOptions): Promise<ForgettingGauge> {
  const gauges: ForgettingGauge[] = [updateNorm(options)];
  try {
    if (options.forgetting.maskedLm) gauges.push(await pretrainingLoss(options, options.forgetting.maskedLm.texts));
    if (options.previous) gauges.push(await previousScore(options, options.previous));
  } catch (error) {
    for (const gauge of gauges) await gauge.dispose();
    throw error;
  }
  return {
    async measure(params) {
      const numbers: Record<string, number> = {};
      for (const gauge of gauges) Object.assign(numbers, await gauge.measure(params));
      return numbers;
    },
    async dispose() {
      for (const gauge of gauges) await gauge.dispose();
    },
  };
}

function updateNorm({ checkpoint, model }: ForgettingOptions): ForgettingGauge {
  const isHead = (name: string): boolean => checkpoint.head.some((prefix) => name.startsWith(`${prefix}.`));
  return {
    measure(params) {
      let squares = 0;
      for (const [name, values] of model.adaptation.merging(params)) {
        if (isHead(name)) continue;
        const merged = values();
        const base = checkpoint.read(name);
        for (let i = 0; i < merged.length; i++) squares += (merged[i]! - base[i]!) ** 2;
      }
      return Promise.resolve({ update_norm: Math.sqrt(squares) });
    },
    dispose: () => Promise.resolve(),
  };
}

async function pretrainingLoss(
  { checkpoint, model, tokenizer, directory, maxLength, oversight }: ForgettingOptions,
  texts: number,
): Promise<ForgettingGauge> {
  const corpus = pretrainingCorpus({ split: 'held-out', sentences: texts, seed: 0 });
  const encoding = watched(oversight, 'encoding pretraining texts');
  const encodings = await encodeTexts(tokenizer, corpus, { pairShare: 0, maxLength, key: key(0) }, encoding);
  for (const [text, encoding] of encodings.entries()) {
    const fault = exceeding(tokenizer, encoding, checkpoint.limits);
    if (fault !== null) throw new ModelError(`Held-out text ${text + 1} of the pretraining corpus: ${fault}`);
  }
  const head = readMaskedLmHead(directory);
  const { maskedLm: predicting } = checkpoint;
  if (!predicting) throw new ModelError(`${checkpoint.name} has no masked-language modelling to measure.`);
  const examples = maskForEvaluation(encodings, maskingVocabulary(tokenizer, predicting.vocabularySize));
  const watch = watched(oversight, 'measuring the masked-LM loss');
  const predictor = await createPredictor(
    { ...model, reuse: undefined },
    maskedLm({ logits: (context, batch) => predicting.logits(withHead(context, head), batch) }),
  );
  return {
    async measure(params) {
      const { loss, accuracy } = maskedLmScore(await predictor.predict(params, examples, watch));
      return { masked_lm_loss: loss, masked_lm_accuracy: accuracy };
    },
    dispose: () => predictor.dispose(),
  };
}

async function previousScore(
  { checkpoint, model, directory, oversight }: ForgettingOptions,
  { task, dev }: NonNullable<ForgettingOptions['previous']>,
): Promise<ForgettingGauge> {
  const learned = await openCheckpoint(directory, {
    numLabels: task.numLabels,
    cacheDirectory: model.cacheDirectory,
    headKey: key(0),
  });
  const head: HeadTensors = new Map(
    learned.tensors
      .filter((name) => learned.head.some((prefix) => name.startsWith(`${prefix}.`)))
      .map((name) => [name, { shape: learned.shape(name), data: learned.read(name) }]),
  );
  const predictor = await createPredictor(
    { ...model, reuse: undefined },
    sequenceObjective(
      task.kind,
      (context, batch) => checkpoint.classify(withHead(context, head), batch),
      task.numLabels,
    ),
  );
  const labels = dev.map(({ label }) => label);
  const watch = watched(oversight, `scoring dev of ${task.name}`);
  return {
    async measure(params) {
      const { scores } = score(task, await predictor.predict(params, dev, watch), labels);
      return Object.fromEntries(Object.entries(scores).map(([metric, value]) => [`previous_${metric}`, value]));
    },
    dispose: () => predictor.dispose(),
  };
}
