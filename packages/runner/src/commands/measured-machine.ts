/** What an estimate needs of the model, the data and the machine: sizes, tokens, and the time of a few real steps. */
import { key } from '@lomap/compile';
import { taskNamed } from '@lomap/data';
import {
  describeModel,
  encode,
  loadTokenizer,
  openCheckpoint,
  type Checkpoint,
  type EncodedExample,
  type Tokenizer,
} from '@lomap/models';
import { adapt, countParameters, inHead, targetedModules } from '@lomap/peft';
import { createTrainEngine, gradientAccumulationSteps, sequenceObjective } from '@lomap/train';
import type { TrialSettings } from '@lomap/results';
import { median } from '@lomap/statistics';
import type { Example } from '@lomap/tasks';
import { deviceOptions } from '@lomap/trial';
import type { Probe, TaskSize } from '../plan/estimate.ts';
import type { ModelSize } from '../plan/step-work.ts';

/** Rows of a task whose tokens are counted: their mean is known to a few percent. */
const SAMPLE = 400;
/** A probe ends after so many steps, or so many seconds of them. */
const STEPS = 6;
const SECONDS = 8;

/** The model's linear maps outside the head, and what methods adapt and train of it. */
export function modelSize(directory: string): ModelSize {
  const model = describeModel(directory, 1);
  return {
    linears: model.linears.filter(({ path }) => !inHead(model.head, path)),
    adapted: ({ targetModules }) => (targetModules === null ? [] : targetedModules(model, targetModules)),
    trained(method) {
      const { adapter, head } = countParameters(model, method);
      return adapter + head;
    },
  };
}

/** A task's rows as published, and examples of full length: what is known of a task whose files are not read. */
export function publishedSize(name: string): TaskSize {
  const { rows, splits } = taskNamed(name);
  return {
    rows: rows[splits.train] ?? 0,
    devRows: splits.dev.reduce((sum, split) => sum + (rows[split] ?? 0), 0),
    tokens: (maxLength) => maxLength,
  };
}

/** A task's rows, and the mean tokens of a sample of them. */
export async function taskSize(name: string, data: string, model: string): Promise<TaskSize> {
  const task = taskNamed(name);
  const rowsOf = async (split: string): Promise<readonly Example[]> => (await task.load(data, split)).examples;
  const train = await rowsOf(task.splits.train);
  const dev = await Promise.all(task.splits.dev.map(rowsOf));
  const tokenizer = loadTokenizer(model);
  const sample = sampleOf(train);
  return {
    rows: train.length,
    devRows: dev.reduce((sum, { length }) => sum + length, 0),
    tokens: (maxLength) => meanTokens(sample, tokenizer, maxLength),
  };
}

/** Rows at even distances. */
function sampleOf<T>(rows: readonly T[]): T[] {
  const every = Math.max(1, Math.floor(rows.length / SAMPLE));
  return rows.filter((_, i) => i % every === 0);
}

function meanTokens(examples: readonly Example[], tokenizer: Tokenizer, maxLength: number): number {
  const counts = examples.map(({ text, pair }) => encode(tokenizer, text, pair, maxLength).inputIds.length);
  return counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length);
}

/** Folders and threads of a trial. */
export interface ProbePlaces {
  readonly model: string;
  readonly data: string;
  readonly cache: string;
  readonly threads: number;
}

/** A few steps of a trial on its own rows; nothing is kept of them but the compiled graph. */
export async function probeSteps(settings: TrialSettings, places: ProbePlaces): Promise<Probe> {
  const started = performance.now();
  const task = taskNamed(settings.task);
  const checkpoint = await openCheckpoint(places.model, {
    numLabels: task.numLabels,
    cacheDirectory: places.cache,
    headKey: key(settings.seed, 'head'),
  });
  const examples = await encoded(settings, places);
  const { engine, fresh, loadedSeconds } = await prepared(settings, places, checkpoint, examples, started);
  try {
    let state = fresh;
    const times: number[] = [];
    const { batchSize, learningRate } = settings.training;
    // The first step is slower: memory is taken.
    for (let k = 0; k <= STEPS && (k < 2 || times.reduce((a, b) => a + b, 0) < SECONDS); k++) {
      const begun = performance.now();
      const first = (k * batchSize) % Math.max(1, examples.length - batchSize);
      ({ state } = await engine.step(state, k, learningRate, examples.slice(first, first + batchSize)));
      if (k > 0) times.push((performance.now() - begun) / 1000);
    }
    return { settings, stepSeconds: median(times), startSeconds: loadedSeconds };
  } finally {
    await engine.dispose();
  }
}

async function encoded(
  { task: name, training }: TrialSettings,
  { model, data }: ProbePlaces,
): Promise<EncodedExample[]> {
  const tokenizer = loadTokenizer(model);
  const task = taskNamed(name);
  const rows = sampleOf((await task.load(data, task.splits.train)).examples);
  return rows.map(({ text, pair, label }) => ({ ...encode(tokenizer, text, pair, training.maxLength), label }));
}

async function prepared(
  settings: TrialSettings,
  { cache, threads }: ProbePlaces,
  checkpoint: Checkpoint,
  examples: readonly EncodedExample[],
  started: number,
) {
  const { kind, numLabels } = taskNamed(settings.task);
  const adaptation = adapt(checkpoint, settings.method);
  const objective = sequenceObjective(kind, checkpoint.classify, numLabels);
  const engine = await createTrainEngine(
    { checkpoint, adaptation, device: deviceOptions(settings.engine, threads), cacheDirectory: cache },
    {
      ...{ objective, settings: settings.training, seed: settings.seed },
      passes: gradientAccumulationSteps(
        settings.training,
        examples.map(({ inputIds }) => inputIds.length),
      ),
    },
  );
  return { engine, fresh: engine.start(), loadedSeconds: (performance.now() - started) / 1000 };
}
