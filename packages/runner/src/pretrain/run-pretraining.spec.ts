/** A tiny encoder from a stub corpus: what is written, and that it is the same whatever interrupted the run. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { bits, disposeFrozen, key } from '@lomap/compile';
import { loadTokenizer, openCheckpoint, readMaskedLmHead } from '@lomap/models';
import { SweepFileError } from '../config/read-sweep.ts';
import { fakeProvenance } from '../testing/fakes.ts';
import { workspaceRoot } from '../workspace.ts';
import { silentPretraining } from './progress.ts';
import { readPretrainingFile } from './read-file.ts';
import { finishedModel, runPretraining, sameSettings, type Corpus, type PretrainingRun } from './run-pretraining.ts';
import type { PretrainingFile } from './schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-pretraining-'));
afterAll(() => {
  disposeFrozen();
  rmSync(folder, { recursive: true, force: true });
});

const settings: PretrainingFile = {
  name: 'tiny',
  seed: 3,
  corpus: { texts: 40, heldOutTexts: 10, seed: 1, pairShare: 0.5 },
  vocabulary: { size: 40, minFrequency: 2, dropUnused: true },
  model: {
    hiddenSize: 8,
    layers: 1,
    heads: 2,
    intermediateSize: 12,
    maxPositions: 16,
    hiddenDropout: 0.1,
    attentionDropout: 0,
    initializerRange: 0.02,
    layerNormEpsilon: 1e-12,
  },
  training: {
    batchSize: 8,
    steps: 9,
    learningRate: 0.01,
    warmupRatio: 0.1,
    weightDecay: 0.01,
    betas: [0.9, 0.98],
    adamEpsilon: 1e-6,
    maxGradNorm: 1,
    maskRate: 0.15,
    alteredTextWeight: 0.5,
    evaluateEverySteps: 4,
  },
};

const corpus: Corpus = ({ split, sentences, seed }) =>
  Array.from({ length: sentences }, (_, i) => {
    const pick = (place: string, words: readonly string[]): string =>
      words[bits(key(seed, split, i, place)) % words.length]!;
    const sentence = (place: string): string =>
      `The ${pick(place, ['cat', 'dog', 'walker'])} ${pick(`${place} verb`, ['walks', 'sees', 'sleeps'])}.`;
    return i % 2 === 0 ? sentence('a') : `${sentence('a')} ${sentence('b')}`;
  });

const runOf = (name: string, changes: Partial<PretrainingRun> = {}): PretrainingRun => ({
  settings,
  corpus,
  out: join(folder, name),
  work: join(folder, name, '.work'),
  cache: join(folder, 'cache'),
  device: { device: 'cpu', threads: 1, optimizationLevel: 'all', prepacking: true },
  configPath: 'experiments/pretraining/tiny.json',
  provenance: fakeProvenance,
  signal: new AbortController().signal,
  progress: silentPretraining,
  checkpointEverySteps: 100,
  ...changes,
});

const files = [
  'config.json',
  'model.safetensors',
  'tokenizer.json',
  'tokenizer_config.json',
  'training-log.csv',
  'vocab.txt',
];
const bytes = (name: string): Buffer[] => files.map((file) => readFileSync(join(folder, name, file)));

describe('runPretraining', () => {
  test('writes a checkpoint with tokenizer, log, card and record', async () => {
    const record = (await runPretraining(runOf('first')))!;
    const out = join(folder, 'first');
    expect(readdirSync(out).sort()).toEqual(['.work', 'README.md', ...files, 'pretraining.json'].sort());
    const checkpoint = await openCheckpoint(out, { numLabels: 2, cacheDirectory: folder, headKey: key(0) });
    expect(checkpoint.notes).toEqual([expect.stringContaining('classifier starts fresh')]);
    expect(readMaskedLmHead(out).get('cls.predictions.bias')?.data).toHaveLength(record.vocabularySize);
    expect(loadTokenizer(out).idOf('[MASK]')).toBe(4);
    expect(record).toMatchObject({
      steps: 9,
      corpus: { texts: 40, heldOutTexts: 10 },
      bytes: bytes('first')[1]!.length,
    });
    expect(record.corpus.pairs).toBeGreaterThan(0.1);
    expect(record.corpus.pairs).toBeLessThan(0.4);
    expect(Number.isFinite(record.heldOut.loss + record.heldOut.unigramLoss)).toBe(true);
    expect(JSON.parse(readFileSync(join(out, 'pretraining.json'), 'utf8'))).toEqual(record);
    expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain(
      `| held-out loss | ${record.heldOut.loss.toFixed(4)} `,
    );
    const log = readFileSync(join(out, 'training-log.csv'), 'utf8').trim().split('\n');
    expect(log.map((line) => line.split(',')[0])).toEqual(['step', '4', '8', '9']);
    expect(Number(log[3]!.split(',')[4])).toBeCloseTo(record.heldOut.loss, 4);
    const finished = finishedModel(out)!;
    expect([sameSettings(finished, settings), sameSettings(finished, { ...settings, seed: 4 })]).toEqual([true, false]);
  });

  test('again, or interrupted and gone on with, gives the same bytes', async () => {
    const again = (await runPretraining(runOf('again')))!;
    const abort = new AbortController();
    const progress = { ...silentPretraining, step: ({ step }: { step: number }) => step === 5 && abort.abort() };
    expect(await runPretraining(runOf('stopped', { signal: abort.signal, progress }))).toBeNull();
    expect(readdirSync(join(folder, 'stopped'))).toEqual(['.work']);
    const messages: string[] = [];
    const resumed = (await runPretraining(
      runOf('stopped', { progress: { ...silentPretraining, message: (text) => messages.push(text) } }),
    ))!;
    expect(messages).toContain('Resumed at step 5 of 9.');
    expect(bytes('again')).toEqual(bytes('first'));
    expect(bytes('stopped')).toEqual(bytes('first'));
    expect({ ...resumed, measured: null }).toEqual({ ...again, measured: null });
  });
});

describe('a pretraining file', () => {
  const write = (value: unknown): string => {
    const file = join(folder, 'file.json');
    writeFileSync(file, JSON.stringify(value));
    return file;
  };

  test('every problem is told at once, with the nearest key', () => {
    const { steps: _, ...training } = settings.training;
    const read = () =>
      readPretrainingFile(write({ ...settings, sede: 1, training, corpus: { ...settings.corpus, texts: 0 } }));
    expect(read).toThrow(SweepFileError);
    expect(read).toThrow('has 3 errors');
    expect(read).toThrow('sede: unknown key. Did you mean "seed"?');
    expect(read).toThrow('training.steps: ');
    expect(read).toThrow('corpus.texts: ');
  });

  test('heads that do not divide and masks that do not fit are errors', () => {
    const model = { ...settings.model, heads: 3 };
    expect(() => readPretrainingFile(write({ ...settings, model }))).toThrow(
      'model.hiddenSize: is not divisible by heads',
    );
    const large = { ...settings.model, attentionDropout: 0.1, maxPositions: 4096 };
    expect(() => readPretrainingFile(write({ ...settings, model: large }))).toThrow(
      'needs masks of up to 268435456 values',
    );
    expect(() => readPretrainingFile(join(folder, 'none.json'))).toThrow('There is no pretraining file');
  });

  test('the one of this project is valid, and its encoder has at most 4 MB', () => {
    const { model, vocabulary } = readPretrainingFile(
      join(workspaceRoot, 'experiments', 'pretraining', 'small-encoder.json'),
    );
    const { hiddenSize: h, intermediateSize: i, layers, maxPositions } = model;
    const layer = 4 * (h * h + h) + 2 * h * i + i + h + 4 * h;
    const embeddings = (vocabulary.size + maxPositions + 2) * h + 2 * h;
    const head = h * h + 3 * h + vocabulary.size;
    expect(4 * (embeddings + layers * layer + head) + 10_000).toBeLessThan(4_000_000);
  });
});
