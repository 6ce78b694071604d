/** A pretraining run from its file to the model's folder. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '@lomap/files';
import { key, sizeOf, type DeviceOptions } from '@lomap/compile';
import {
  countWords,
  loadTokenizer,
  maskedLmConfigJson,
  parseBertConfig,
  trainWordPiece,
  writeSafetensors,
  writeWordPiece,
  type BertConfig,
  type Encoding,
} from '@lomap/models';
import { canonicalJson, writeFileWhole } from '@lomap/results';
import {
  encodeTexts,
  InterruptedError,
  maskForEvaluation,
  maskingVocabulary,
  pretrain,
  removeResumeFile,
  textsSha256,
  unigramLoss,
  type PretrainResult,
} from '@lomap/train';
import { FailureError, messageOf } from '../errors.ts';
import { makeFolder } from '../store/make-folder.ts';
import type { RunProvenance } from '../worker/messages.ts';
import type { PretrainingProgress } from './progress.ts';
import { modelCard, type PretrainingRecord } from './record.ts';
import { pretrainingFileSchema, type PretrainingFile } from './schema.ts';
import { formatTrainingLog } from './training-log.ts';

/** Texts by split and seed: `pretrainingCorpus` of @lomap/synthetic has this shape. */
export type Corpus = (options: { split: 'train' | 'held-out'; sentences: number; seed: number }) => readonly string[];

export interface PretrainingRun {
  /** The settings, the flags' included. */
  readonly settings: PretrainingFile;
  readonly corpus: Corpus;
  /** The folder that the model is written to. */
  readonly out: string;
  /** Work in progress: the tokenizer and the checkpoint. */
  readonly work: string;
  readonly cache: string;
  readonly device: DeviceOptions;
  /** How the card names the pretraining file. */
  readonly configPath: string;
  readonly provenance: RunProvenance;
  readonly signal: AbortSignal;
  readonly progress: PretrainingProgress;
  readonly checkpointEverySteps: number;
}

const RECORD = 'pretraining.json';
const HASHED = [
  'config.json',
  'model.safetensors',
  'tokenizer.json',
  'tokenizer_config.json',
  'vocab.txt',
  'training-log.csv',
];

/** The record of the finished model in a folder; null where there is none. */
export function finishedModel(out: string): { settings: unknown; heldOut?: { loss?: unknown } } | null {
  const file = join(out, RECORD);
  if (!existsSync(file)) return null;
  try {
    return parseJson(readFileSync(file), file) as ReturnType<typeof finishedModel>;
  } catch (error) {
    const what = messageOf(error);
    throw new FailureError(
      what.includes(file) ? what : `${file} cannot be read: ${what}`,
      'Remove it, or choose another --out.',
    );
  }
}

/** Whether a finished model is of these settings. */
export function sameSettings(finished: { settings: unknown }, settings: PretrainingFile): boolean {
  // A record of before a setting existed has its default.
  const parsed = pretrainingFileSchema.safeParse(finished.settings);
  return parsed.success && canonicalJson(parsed.data) === canonicalJson(settings);
}

/**
 * Makes the corpus, trains vocabulary and encoder and writes the model's folder, `pretraining.json` last. All files but
 * that and README.md are functions of the settings and the corpus. Stopped by the signal it leaves a checkpoint in `work`
 * and returns null; the same call goes on from there.
 */
export async function runPretraining(run: PretrainingRun): Promise<PretrainingRecord | null> {
  try {
    return await unlessStopped(run);
  } catch (error) {
    if (error instanceof InterruptedError) return null;
    throw error;
  }
}

async function unlessStopped(run: PretrainingRun): Promise<PretrainingRecord | null> {
  const { settings, out, work, progress } = run;
  const started = performance.now();
  const draw = (split: 'train' | 'held-out', sentences: number): readonly string[] =>
    run.corpus({ split, sentences, seed: settings.corpus.seed });
  const texts = {
    train: draw('train', settings.corpus.texts),
    heldOut: draw('held-out', settings.corpus.heldOutTexts),
  };
  const words = countWords(texts.train);
  const { size, ...pieces } = settings.vocabulary;
  const vocabulary = trainWordPiece(words, { vocabularySize: size, ...pieces });
  const whole = vocabulary.filter((token) => words.has(token)).length;
  progress.message(
    `${texts.train.length} texts, ${words.size} words, a vocabulary of ${vocabulary.length} tokens (${whole} whole words).`,
  );
  const { maxPositions } = settings.model;
  makeFolder(work);
  await writeWordPiece(work, vocabulary, maxPositions);
  const tokenizer = loadTokenizer(work);
  const encoded = (split: 'train' | 'heldOut'): Promise<Encoding[]> => {
    const { pairShare } = settings.corpus;
    const how = { pairShare, maxLength: maxPositions, key: key(settings.seed, 'texts', split) };
    return encodeTexts(tokenizer, texts[split], how, { signal: run.signal });
  };
  const [train, heldOut] = [await encoded('train'), await encoded('heldOut')];
  const config = bertConfig(settings, vocabulary.length);
  const masking = maskingVocabulary(tokenizer, vocabulary.length);
  const prepareSeconds = (performance.now() - started) / 1000;

  const resumeDirectory = join(work, 'checkpoint');
  const result = await pretrain({
    config: maskedLmConfigJson(config),
    vocabulary: masking,
    train,
    heldOut,
    settings: settings.training,
    seed: settings.seed,
    device: run.device,
    cacheDirectory: run.cache,
    resumeDirectory,
    saveEverySteps: run.checkpointEverySteps,
    signal: run.signal,
    onStep: (info) => progress.step(info),
    onEvaluation: (evaluation) => progress.evaluation(evaluation),
    onNote: (note) => progress.message(note),
  });
  if (result.status === 'interrupted') return null;

  await writeModel(out, config, vocabulary, maxPositions, result);
  const lengths = train.reduce((sum, { inputIds }) => sum + inputIds.length, 0);
  const last = result.evaluations.at(-1)!;
  const targets = maskForEvaluation(heldOut, masking).flatMap((example) => [...example.targets]);
  const parameters = [...result.tensors.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const record: PretrainingRecord = {
    schemaVersion: 1,
    settings,
    corpus: {
      texts: texts.train.length,
      heldOutTexts: texts.heldOut.length,
      sha256: { train: textsSha256(texts.train), heldOut: textsSha256(texts.heldOut) },
      meanTokens: lengths / train.length,
      pairs: train.filter(({ tokenTypeIds }) => tokenTypeIds.includes(1)).length / train.length,
    },
    vocabularySize: vocabulary.length,
    parameters,
    bytes: readFileSync(join(out, 'model.safetensors')).length,
    steps: result.steps,
    heldOut: {
      tokens: last.tokens,
      loss: last.loss,
      accuracy: last.accuracy,
      unigramLoss: unigramLoss(train, targets, vocabulary.length, masking.specialIds),
    },
    files: Object.fromEntries(HASHED.map((name) => [name, sha256Of(join(out, name))])),
    measured: {
      seconds: secondsOf(prepareSeconds, result),
      finishedAt: new Date().toISOString(),
      threads: run.device.threads,
      device: run.device.device,
    },
    provenance: run.provenance,
  };
  await writeFileWhole(join(out, 'README.md'), modelCard(record, run.configPath));
  await writeFileWhole(join(out, RECORD), `${JSON.stringify(record, null, 2)}\n`);
  await removeResumeFile(resumeDirectory);
  await Promise.all(HASHED.map((name) => rm(join(work, name), { force: true })));
  return record;
}

/** The seconds of each part; training's are those of all attempts. */
function secondsOf(prepare: number, { seconds }: PretrainResult): Record<string, number> {
  const total = prepare + Object.values(seconds).reduce((sum, part) => sum + part, 0);
  return { prepare, ...seconds, total };
}

function bertConfig({ model }: PretrainingFile, vocabularySize: number): BertConfig {
  const { hiddenSize, layers, heads, intermediateSize, maxPositions } = model;
  const config: BertConfig = {
    vocabularySize,
    hiddenSize,
    layers,
    heads,
    intermediateSize,
    maxPositions,
    tokenTypes: 2,
    layerNormEpsilon: model.layerNormEpsilon,
    hiddenDropout: model.hiddenDropout,
    attentionDropout: model.attentionDropout,
    classifierDropout: model.hiddenDropout,
    initializerRange: model.initializerRange,
  };
  return parseBertConfig(maskedLmConfigJson(config), 'config.json');
}

async function writeModel(
  out: string,
  config: BertConfig,
  vocabulary: readonly string[],
  maxPositions: number,
  result: PretrainResult,
): Promise<void> {
  await writeSafetensors(join(out, 'model.safetensors'), result.tensors);
  await writeFileWhole(join(out, 'config.json'), `${JSON.stringify(maskedLmConfigJson(config), null, 2)}\n`);
  await writeWordPiece(out, vocabulary, maxPositions);
  await writeFileWhole(join(out, 'training-log.csv'), formatTrainingLog(result));
}

function sha256Of(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
