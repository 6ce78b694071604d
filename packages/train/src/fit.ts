import { createHash } from 'node:crypto';
import { floats } from '@lomap/compile';
import type { EncodedExample, TensorBatch } from '@lomap/models';
import { createTrainEngine } from './engine.ts';
import { initialParams } from './initial.ts';
import { flatLayout, packParams, unpackParams, type FlatLayout } from './flat-layout.ts';
import { trainLoop, type LoopOptions, type LoopResult } from './loop.ts';
import type { TrainableModel } from './model.ts';
import type { Objective } from './objectives/objective.ts';
import { createPredictor, evaluationBatchSize } from './predict.ts';
import { gradientAccumulationSteps } from './passes.ts';
import type { Curves, EpochScores } from './run-state.ts';
import { learningRates, stepsPerEpoch } from './schedule.ts';
import { trainingSteps, tryStarts, type Tried } from './tryout.ts';
import type { TrainingSettings } from './settings.ts';
import { examplesOfSteps, firstPass, identityOf, rowsIn, type TrainingExamples } from './training-examples.ts';
import type { Watch } from './watch.ts';

/** A training run: a model, what it is trained for, its data and its settings. Without types: of labelled examples. */
export interface FitOptions<Example = EncodedExample, Batch = TensorBatch, Reading = number[]>
  extends TrainableModel, Pick<LoopOptions, 'signal' | 'onStep' | 'onEpoch' | 'onNote'> {
  readonly objective: Objective<Example, Batch, Reading>;
  /** The same in every pass over the rows, or drawn anew. */
  readonly train: TrainingExamples<Example>;
  /** Evaluated at the end of each epoch, or as `evaluateEverySteps` says; may be empty. */
  readonly selection: readonly Example[];
  /** Metrics of what the objective reads of `selection`, in its order. */
  readonly score: (readings: Reading[]) => Record<string, number>;
  /** Whether the readings of `selection`, in its order, hardly vary, for each epoch's `collapsed`; absent: nobody asks. */
  readonly collapsed?: ((readings: Reading[]) => boolean) | undefined;
  readonly primaryMetric: string;
  /** Which of two values of the primary metric is the better one. @default 'larger' */
  readonly better?: 'larger' | 'smaller' | undefined;
  /** Steps between evaluations. @default those of an epoch */
  readonly evaluateEverySteps?: number | undefined;
  /** Further numbers of the parameters (in the order of the specs), taken with the scores after each epoch. */
  readonly measure?: ((params: Float32Array[]) => Promise<Record<string, number>>) | undefined;
  /** Shown the parameters (in the order of the specs) after these steps; see `LoopOptions.probe`. */
  readonly probe?:
    | { readonly steps: ReadonlySet<number>; take(step: number, params: Float32Array[]): void | Promise<void> }
    | undefined;
  /** Whose parameters are returned: the best epoch's on the selection split, or the last's. */
  readonly selectEpoch: 'best' | 'last';
  readonly settings: TrainingSettings;
  /** Decides data order, dropout and the adapter's start. */
  readonly seed: number;
  /** Where the resume file goes; null: there is none. */
  readonly resumeDirectory: string | null;
  readonly saveEverySteps: number;
  /** Told what the run does besides its steps: `compiling`; `scoring selection`, so many of so many examples. */
  readonly onActivity?: ((doing: string, done?: number, total?: number) => void) | undefined;
}

/** What a training run came to. */
export interface FitResult {
  readonly status: 'complete' | 'interrupted';
  /** In the order of the adaptation's specs; those of the last step when interrupted. */
  readonly params: Float32Array[];
  /** Steps done. */
  readonly steps: number;
  /** Parts in which each batch went through the model. */
  readonly passes: number;
  readonly curves: Curves;
  readonly epochs: readonly EpochScores[];
  /** The epoch whose parameters these are; null without a selection split or when interrupted. */
  readonly chosenEpoch: number | null;
  /** The primary metric on the selection split at that epoch. */
  readonly selectionScore: number | null;
  /** What trying starts before the run came to; absent where none were tried. */
  readonly tried?: Tried | undefined;
  /** Wall-clock seconds: compile (this attempt's), train and evaluate (all attempts'). */
  readonly seconds: Record<string, number>;
}

/**
 * Fine-tunes an adapted model. The result is a function of model, data, settings, seed and numeric device options; a run
 * stopped at any step or evaluation and started again ends with the same bits.
 *
 * @throws DivergenceError when the loss or a gradient norm is not finite.
 */
export async function fit<Example, Batch, Reading>(options: FitOptions<Example, Batch, Reading>): Promise<FitResult> {
  const { objective, adaptation, settings, seed, train } = options;
  const rows = rowsIn(train);
  if (rows === 0) throw new Error('There are no training examples.');
  const where = flatLayout(adaptation.specs);
  const starts = initialParams(adaptation.specs, seed);
  objective.start?.(starts, { specs: adaptation.specs, train: firstPass(train), settings });
  const initial = packParams(where, starts);
  const examplesOf = examplesOfSteps(train, seed, settings.batchSize);
  const { probe } = options;
  const { tryout } = adaptation;
  const steps = trainingSteps(rows, settings, adaptation);
  const places = new Map(where.segments.map((segment) => [segment.name, segment] as const));
  const rates = learningRates(steps, settings);
  const betweenSteps = adaptation.betweenSteps?.bind(places, rates);
  const started = performance.now();
  const passes = gradientAccumulationSteps(
    settings,
    // The setting is asked first, and then nothing has to be drawn.
    settings.gradientAccumulationSteps === undefined
      ? firstPass(train).map((example) => objective.length(example))
      : [],
  );
  options.onActivity?.('compiling');
  const engine = await createTrainEngine(options, { objective, settings, seed, passes });
  try {
    const { selection } = options;
    const predictor =
      selection.length > 0
        ? await createPredictor(options, objective, evaluationBatchSize(objective, selection))
        : null;
    const watch: Watch = {
      signal: options.signal,
      onProgress: (done, total) => options.onActivity?.('scoring selection', done, total),
    };
    const compileSeconds = (performance.now() - started) / 1000;
    try {
      const step: LoopOptions['step'] = (state, k, rate) => engine.step(state, k, rate, examplesOf(k));
      const { signal } = options;
      const { slots } = engine;
      const run = await trainLoop({
        initial,
        begin: tryout && (() => tryStarts(tryout, { initial, slots, places, learningRates: rates, step, signal })),
        slots,
        groups: where.groups.map(({ name }) => name),
        learningRates: rates,
        stepsPerEpoch: stepsPerEpoch(rows, settings.batchSize),
        evaluateEverySteps: options.evaluateEverySteps,
        step,
        evaluate:
          predictor &&
          (async (flat) => {
            const params = unpackParams(where, flat);
            const measured = await options.measure?.(params);
            const readings = await predictor.predict(params, selection, watch);
            const scores = { ...measured, ...options.score(readings) };
            return options.collapsed ? { scores, collapsed: options.collapsed(readings) } : { scores };
          }),
        primaryMetric: options.primaryMetric,
        better: options.better,
        betweenSteps,
        resume:
          options.resumeDirectory === null
            ? null
            : {
                directory: options.resumeDirectory,
                everySteps: options.saveEverySteps,
                fingerprint: fingerprint(options, where, initial, passes),
              },
        signal,
        onStep: options.onStep,
        onEpoch: options.onEpoch,
        probe: probe && {
          steps: probe.steps,
          take: (step, params) => probe.take(step, unpackParams(where, params)),
        },
        onNote: options.onNote,
      });
      return { ...fitResult(options, where, run, compileSeconds), passes };
    } finally {
      await predictor?.dispose();
    }
  } finally {
    await engine.dispose();
  }
}

function fitResult(
  options: Pick<FitOptions, 'selectEpoch' | 'primaryMetric'>,
  where: FlatLayout,
  run: LoopResult,
  compileSeconds: number,
): Omit<FitResult, 'passes'> {
  const { complete } = run;
  const best = options.selectEpoch === 'best' ? run.best : null;
  const last = run.epochs.at(-1);
  const params = complete && best ? best.params : floats(run.state.params);
  return {
    status: complete ? 'complete' : 'interrupted',
    params: unpackParams(where, params),
    steps: run.step,
    curves: run.curves,
    epochs: run.epochs,
    chosenEpoch: complete ? (best?.epoch ?? last?.epoch ?? null) : null,
    selectionScore: complete ? (best?.score ?? last?.scores[options.primaryMetric] ?? null) : null,
    seconds: { compile: compileSeconds, ...run.seconds },
    ...(run.tried && { tried: run.tried }),
  };
}

/**
 * Tells runs apart by settings, seed, tensors, starting values and data. What else decides a run (the base weights, the
 * method's own settings, the code) is for the caller to keep apart: the runner gives each trial id a folder of its own.
 */
function fingerprint<Example, Batch, Reading>(
  options: FitOptions<Example, Batch, Reading>,
  where: FlatLayout,
  initial: Float32Array,
  passes: number,
): string {
  const { settings, seed, selectEpoch, primaryMetric, better, evaluateEverySteps } = options;
  const { key: kind } = options.objective;
  const { device, optimizationLevel, prepacking } = options.device;
  const engine = { device, optimizationLevel, prepacking };
  const digest = createHash('sha256');
  const betweenSteps = options.adaptation.betweenSteps?.settings;
  const { segments } = where;
  const tryout = options.adaptation.tryout && {
    steps: options.adaptation.tryout.steps,
    ...options.adaptation.tryout.settings,
  };
  const rest = { better, evaluateEverySteps, engine, segments, betweenSteps, tryout, passes };
  digest.update(JSON.stringify({ kind, settings, seed, selectEpoch, primaryMetric, ...rest }));
  digest.update(new Uint8Array(initial.buffer, initial.byteOffset, initial.byteLength));
  for (const split of [options.train, options.selection]) {
    digest.update(`split of ${rowsIn(split)}`);
    for (const part of identityOf(split)) digest.update(part);
  }
  return digest.digest('hex');
}
