import {
  compile,
  float32,
  int32,
  tf,
  type Compiled,
  type DeviceOptions,
  type Hosts,
  type HostTensor,
  type Specs,
} from '@lomap/compile';
import type { CachedDecoding, CacheOf, DecodingStep, NextToken } from '../architectures/architecture.ts';
import type { TensorBatch } from '../batch.ts';
import { pack } from '../batches/pack.ts';
import { batchSpecs } from '../batches/specs.ts';
import type { Context } from '../context.ts';
import { advanceBeams, beginBeams, type BeamRules, type BeamSearch } from './beams.ts';

/** A decoder whose texts are to go on. `P` is a tree of the tensors that are given at each call, such as a flat vector of parameters. */
export interface GeneratorOptions<P> {
  /** Of a checkpoint that was opened with `numLabels: 0`. */
  readonly nextToken: NextToken;
  /** Types and shapes of what is given at each call; `[]` for a model without an adapter. */
  readonly inputs: Specs<P>;
  /** The context of these tensors; called inside the compiled functions. */
  readonly context: (given: P) => Context;
  /** Prompts that go on together. */
  readonly batchSize: number;
  /** Texts kept of each prompt; 1 takes the likeliest token each time. @default 1 */
  readonly beams?: number;
  /** The longest text that the model takes, prompt included: `limits.maxPositions` of the checkpoint. */
  readonly maxPositions: number;
  readonly device: DeviceOptions;
  readonly cacheDirectory: string;
}

/** How texts end. */
export interface GenerationSettings {
  readonly maxNewTokens: number;
  /** Tokens that end a text; they are its last. @default none */
  readonly stopTokens?: readonly number[];
  /** Of beam search: scores are Σ log p / lengthᵖ. @default 1 */
  readonly lengthPenalty?: number;
}

/** A compiled decoder. Dispose of it when done. */
export interface Generator<P> {
  /**
   * The new tokens of each prompt: greedy, or the best text of a beam search as transformers has it. A prompt's tokens do not
   * depend on the others, to rounding.
   *
   * @throws RangeError for an empty prompt, or one that would grow beyond the model's positions.
   */
  generate(given: Hosts<P>, prompts: readonly (readonly number[])[], settings: GenerationSettings): Promise<number[][]>;
  dispose(): Promise<void>;
}

/** What a step returns: log-probabilities of the next token [R, vocabulary], and the cache. */
interface Stepped<T> {
  readonly logProbabilities: T;
  readonly cache: CacheOf<T>;
}

const hidden = -1e9;

/** Compiles a decoder: one graph reads prompts of any length, one a further token after a cache of any length. */
export async function createGenerator<P>(options: GeneratorOptions<P>): Promise<Generator<P>> {
  const { nextToken, context, batchSize, beams = 1, device, cacheDirectory } = options;
  const { cached } = nextToken;
  if (!cached)
    throw new RangeError('The model has no decoding with a cache (`nextToken.cached`), and generates nothing.');
  const rows = batchSize * beams;
  const begin = await compile(
    (given: P, batch: TensorBatch): Stepped<tf.Tensor> => {
      const { logits, cache } = cached.begin(context(given), batch);
      const ofRows = Int32Array.from({ length: rows }, (_, row) => Math.floor(row / beams));
      const repeated = (x: tf.Tensor, axis: number): tf.Tensor =>
        beams === 1 ? x : tf.gather(x, tf.tensor1d(ofRows, 'int32'), axis);
      const repeatedAll = (all: tf.Tensor[]): tf.Tensor[] => all.map((one) => repeated(one, 1));
      return {
        logProbabilities: repeated(tf.logSoftmax(logits), 0),
        cache: { keys: repeatedAll(cache.keys), values: repeatedAll(cache.values) },
      };
    },
    {
      ...{ name: 'read-prompts', device, cacheDirectory },
      inputs: [options.inputs, batchSpecs(batchSize)] as Specs<[P, TensorBatch]>,
    },
  );
  const next = await compile(
    (given: P, step: DecodingStep<tf.Tensor>): Stepped<tf.Tensor> => {
      const { logits, cache } = cached.next(context(given), step);
      return { logProbabilities: tf.logSoftmax(logits), cache };
    },
    {
      ...{ name: 'next-token', device, cacheDirectory },
      inputs: [options.inputs, stepSpecs(cached, rows)] as Specs<[P, DecodingStep<tf.Tensor>]>,
    },
  );
  return {
    async generate(given, prompts, settings) {
      checkLengths(prompts, settings, options.maxPositions);
      const texts: number[][] = [];
      for (let first = 0; first < prompts.length; first += batchSize) {
        const batch = prompts.slice(first, first + batchSize);
        texts.push(...(await goOn({ begin, next, batchSize, beams }, given, batch, settings)));
      }
      return texts;
    },
    async dispose() {
      await begin.dispose();
      await next.dispose();
    },
  };
}

interface Decoder<P> {
  readonly begin: Compiled<[P, TensorBatch], Stepped<tf.Tensor>>;
  readonly next: Compiled<[P, DecodingStep<tf.Tensor>], Stepped<tf.Tensor>>;
  readonly batchSize: number;
  readonly beams: number;
}

/** Texts of at most `batchSize` prompts, step by step until all have ended. */
async function goOn<P>(
  { begin, next, batchSize, beams }: Decoder<P>,
  given: Hosts<P>,
  prompts: readonly (readonly number[])[],
  { maxNewTokens, stopTokens = [], lengthPenalty = 1 }: GenerationSettings,
): Promise<number[][]> {
  const rules: BeamRules = { beams, maxNewTokens, stopTokens: new Set(stopTokens), lengthPenalty };
  const advance = beams === 1 ? advanceGreedily : advanceBeams;
  const examples = prompts.map((inputIds) => ({ inputIds, tokenTypeIds: inputIds.map(() => 0), label: 0 }));
  const lengths = Array.from({ length: batchSize }, (_, i) => prompts[i]?.length ?? 1);
  const longest = Math.max(...lengths);
  let searches = prompts.map(() => beginBeams(rules));
  let stepped = (await begin(
    ...([given, pack(examples, batchSize)] as Parameters<typeof begin>),
  )) as Stepped<HostTensor>;
  for (let made = 0; ; made++) {
    const values = stepped.logProbabilities.data as Float32Array;
    const vocabulary = values.length / (batchSize * beams);
    searches = searches.map((search, i) => {
      const at = (beam: number): Float32Array =>
        values.subarray((i * beams + beam) * vocabulary, (i * beams + beam + 1) * vocabulary);
      return search.ended
        ? search
        : advance(
            search,
            Array.from({ length: beams }, (_, beam) => at(beam)),
            rules,
          );
    });
    if (searches.every(({ ended }) => ended)) break;
    const row = <T>(of: (search: BeamSearch, beam: number, prompt: number) => T, other: (row: number) => T): T[] =>
      Array.from({ length: batchSize * beams }, (_, at) => {
        const prompt = Math.floor(at / beams);
        const search = searches[prompt];
        return search ? of(search, at % beams, prompt) : other(at);
      });
    const places = longest + made;
    const mask = new Float32Array(batchSize * beams * places);
    lengths.forEach((length, prompt) => {
      for (let beam = 0; beam < beams; beam++) {
        const start = (prompt * beams + beam) * places;
        mask.fill(hidden, start + length, start + longest);
      }
    });
    const rows = batchSize * beams;
    const step: DecodingStep<HostTensor> = {
      inputIds: int32(
        row(
          (search, beam) => search.running[beam]!.tokens.at(-1)!,
          () => 0,
        ),
        [rows],
      ),
      positionIds: int32(
        row(
          (_, __, prompt) => lengths[prompt]! + made,
          () => 1,
        ),
        [rows],
      ),
      parents: int32(
        row(
          (search, beam, prompt) => prompt * beams + search.running[beam]!.parent,
          (at) => at,
        ),
        [rows],
      ),
      mask: float32(mask, [rows, places]),
      cache: stepped.cache,
    };
    stepped = (await next(...([given, step] as unknown as Parameters<typeof next>))) as Stepped<HostTensor>;
  }
  return searches.map(({ finished }) => [...finished[0]!.tokens!]);
}

/** The likeliest token, of equal ones the first. */
function advanceGreedily(
  { running }: BeamSearch,
  [logProbabilities]: readonly Float32Array[],
  { stopTokens, maxNewTokens }: BeamRules,
): BeamSearch {
  const values = logProbabilities!;
  let token = 0;
  values.forEach((value, i) => {
    if (value > values[token]!) token = i;
  });
  const score = running[0]!.score + values[token]!;
  const tokens = [...running[0]!.tokens, token];
  const ended = stopTokens.has(token) || tokens.length >= maxNewTokens;
  return { running: [{ tokens, score, parent: 0 }], finished: [{ tokens, score }], ended };
}

function stepSpecs(cached: CachedDecoding, rows: number): DecodingStep<unknown> {
  const places = { symbol: 'T', times: 1 } as const;
  const layers = Array.from({ length: cached.layers }, () => ({
    dtype: 'float32',
    shape: [cached.keyValueHeads, rows, places, cached.headSize],
  }));
  return {
    inputIds: { dtype: 'int32', shape: [rows] },
    positionIds: { dtype: 'int32', shape: [rows] },
    parents: { dtype: 'int32', shape: [rows] },
    mask: { dtype: 'float32', shape: [rows, places] },
    cache: { keys: layers, values: layers },
  };
}

function checkLengths(
  prompts: readonly (readonly number[])[],
  { maxNewTokens }: GenerationSettings,
  maxPositions: number,
): void {
  if (!(Number.isInteger(maxNewTokens) && maxNewTokens >= 1)) {
    throw new RangeError(`maxNewTokens is ${maxNewTokens}; expected a whole number, at least 1.`);
  }
  prompts.forEach(({ length }, i) => {
    if (length === 0) throw new RangeError(`Prompt ${i} has no tokens.`);
    // The last token is not read.
    if (length + maxNewTokens - 1 <= maxPositions) return;
    throw new RangeError(
      `Prompt ${i} has ${length} tokens, and ${maxNewTokens} more do not fit in the model's ${maxPositions} positions. ` +
        'Shorten the prompt, or lower maxNewTokens.',
    );
  });
}
