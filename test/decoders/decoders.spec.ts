/** Real pretrained decoders against transformers: token ids, losses, logits, and what they generate. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { compile, key, type Compiled, type DeviceOptions, type tf } from '@lomap/compile';
import {
  createGenerator,
  encode,
  loadTokenizer,
  nextTokenBatchSpecs,
  openCheckpoint,
  packNextToken,
  type Checkpoint,
  type GenerationSettings,
  type TensorNextTokenBatch,
  type Tokenizer,
} from '@lomap/models';
import { inCi, needs, required } from '../needs/needs.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-decoders-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const device: DeviceOptions = { device: 'cpu', threads: 2, optimizationLevel: 'all', prepacking: true };

/** A text, and what transformers computes of it in float32. */
interface Expected {
  readonly text: string;
  readonly ids: readonly number[];
  /** Of every token but the first. */
  readonly meanLoss: number;
  /** The first logits after the last token. */
  readonly first: readonly number[];
  /** The norm of the logits after the last token, or of all of the text's. */
  readonly norm: number;
  readonly normOf: 'last' | 'all';
}

interface Continued {
  readonly prompt: string;
  readonly beams: number;
  readonly settings: GenerationSettings;
  readonly ids: readonly number[];
  readonly text: string;
}

/** The tests of a folder with weights and tokenizer. */
function expectations(
  directory: string,
  texts: () => readonly Expected[],
  continued: () => readonly Continued[],
): void {
  let checkpoint: Checkpoint;
  let tokenizer: Tokenizer;
  let logits: Compiled<[TensorNextTokenBatch], { all: tf.Tensor }>;
  beforeAll(async () => {
    checkpoint = await openCheckpoint(directory, { numLabels: 0, cacheDirectory: folder, headKey: key(0) });
    tokenizer = loadTokenizer(directory);
    logits = await compile(
      (batch: TensorNextTokenBatch) => ({ all: checkpoint.nextToken!.logits(checkpoint.context(), batch) }),
      { name: 'logits', inputs: [nextTokenBatchSpecs(1)], device, cacheDirectory: folder },
    );
  });
  afterAll(() => logits.dispose());

  test('token ids, mean losses and last logits', async () => {
    for (const { text, ids, meanLoss, first, norm, normOf } of texts()) {
      expect(encode(tokenizer, text, null, 1000).inputIds).toEqual(ids);
      const positions = ids.map((_, i) => i);
      const targets = ids.map((_, i) => ids[i + 1] ?? 0);
      const { all } = await logits(packNextToken([{ inputIds: ids, positions, targets }], 1));
      const values = all.data as Float32Array;
      const width = values.length / ids.length;
      const rows = positions.map((i) => values.subarray(i * width, (i + 1) * width));
      const losses = rows.slice(0, -1).map((row, i) => logSumExp(row) - row[ids[i + 1]!]!);
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      expect(Math.abs(mean - meanLoss)).toBeLessThanOrEqual(1e-4);
      const last = rows.at(-1)!;
      expect(Math.abs(euclidean(normOf === 'all' ? values : last) - norm)).toBeLessThanOrEqual(1e-3 * norm);
      const bound = 1e-3 * euclidean(last);
      first.forEach((value, i) => expect(Math.abs(last[i]! - value)).toBeLessThanOrEqual(bound));
    }
  });

  test('what it generates', async () => {
    for (const { prompt, beams, settings, ids, text } of continued()) {
      const given = encode(tokenizer, prompt, null, 1000).inputIds;
      const generator = await createGenerator<[]>({
        ...{ nextToken: checkpoint.nextToken!, inputs: [], context: () => checkpoint.context() },
        ...{ batchSize: 1, beams, maxPositions: checkpoint.limits.maxPositions, device, cacheDirectory: folder },
      });
      const [made] = await generator.generate([], [given], settings);
      await generator.dispose();
      expect([...given, ...made!]).toEqual(ids);
      expect(tokenizer.decode!(ids)).toBe(text);
    }
  });
}

function euclidean(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

function logSumExp(row: Float32Array): number {
  const largest = row.reduce((a, b) => Math.max(a, b));
  return largest + Math.log(row.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

const stories = resolve('../shared/models/stories260K');
const noStories = existsSync(stories) ? null : 'no stories260K beside the checkout';
needs(noStories, inCi).describe('stories260K', () => {
  interface Story {
    readonly text: string;
    readonly input_ids: number[];
    readonly mean_nll: number;
    readonly last_logits_first16: number[];
    readonly logits_norm: number;
    readonly greedy_30: number[];
    readonly greedy_text: string;
  }
  const all = (): Story[] => read(join(stories, 'expected.json'));
  expectations(
    stories,
    () =>
      all().map((one) => ({
        ...{ text: one.text, ids: one.input_ids, meanLoss: one.mean_nll, first: one.last_logits_first16 },
        ...{ norm: one.logits_norm, normOf: 'all' },
      })),
    () =>
      all().map((one) => ({
        ...{ prompt: one.text, beams: 1, settings: { maxNewTokens: 30, stopTokens: [2] } },
        ...{ ids: one.greedy_30, text: one.greedy_text },
      })),
  );
});

const small = resolve('../shared/models/smollm2-135m');
const weights = resolve(process.env['SMOLLM2'] ?? '.cache/lomap/smollm2-135m');
const noWeights = existsSync(join(weights, 'model.safetensors'))
  ? null
  : 'no SmolLM2-135M; make it by scripts/build-smollm2.py, or name it in SMOLLM2';
const noValues = existsSync(small) ? null : 'no expected values of SmolLM2';
needs(noValues ?? noWeights, noValues === null ? required('smollm2') : inCi).describe('SmolLM2-135M', () => {
  interface Continuation {
    readonly prompt: string;
    readonly ids: number[];
    readonly text: string;
  }
  interface Values {
    readonly texts: {
      text: string;
      ids: number[];
      meanLoss: number;
      lastLogits: { first8: number[]; norm: number };
    }[];
    readonly greedy: Continuation;
    readonly beam4: Continuation;
  }
  const values = (): Values => read(join(small, 'expected.json'));
  const markers = /<\|im_(start|end)\|>/g;
  expectations(
    weights,
    () =>
      values().texts.map(({ lastLogits: { first8, norm }, ...one }) => ({
        ...one,
        first: first8,
        norm,
        normOf: 'last',
      })),
    () => {
      const { greedy, beam4 } = values();
      const as = (one: Continuation, beams: number, maxNewTokens: number) => ({
        ...{ ...one, beams, text: one.text.replaceAll(markers, '') },
        settings: { maxNewTokens, stopTokens: [2] },
      });
      return [as(greedy, 1, 40), as(beam4, 4, 32)];
    },
  );
});
