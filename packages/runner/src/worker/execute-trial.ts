/** One trial, from files to a result: a pure function of its settings, its `measured` block apart. */
import { hostname } from 'node:os';
import { key, sizeOf } from '@lomap/compile';
import { loadSplitWithCounts, score, task as glueTask, type GlueTask } from '@lomap/glue';
import {
  bertForSequenceClassification,
  loadTokenizer,
  openCheckpoint,
  type Checkpoint,
  type Tokenizer,
} from '@lomap/models';
import { adapt, methodNotes, type Adaptation } from '@lomap/peft';
import { SCHEMA_VERSION, type Prediction, type Trial, type TrialResult } from '@lomap/results';
import { effectivelyFrozen, fit, initialParams, predict, type AdaptedModel, type FitResult } from '@lomap/train';
import { commitResult } from './commit-result.ts';
import { deviceOptions, deviceProvenance } from './device.ts';
import { encodeAll, skippedNotes, trainingExamples, type TrialExamples } from './examples.ts';
import { heartbeat } from './heartbeat.ts';
import type { Assignment, Outcome } from './messages.ts';
import { peakMemoryBytes, resetPeakMemory } from './peak-memory.ts';
import type { ExecuteTrial } from './serve.ts';

/** Trains, scores and writes the result; on the signal stops at the next step with a checkpoint. */
export const executeTrial: ExecuteTrial = async (assignment, tell, signal) => {
  const { settings, paths, threads } = assignment;
  const startedAt = new Date();
  const started = performance.now();
  resetPeakMemory();

  const task = glueTask(settings.task);
  const checkpoint = await openCheckpoint(paths.model, {
    numLabels: task.numLabels,
    cacheDirectory: paths.cache,
    headKey: key(settings.seed, 'head'),
  });
  const tokenizer = loadTokenizer(paths.model);
  const examples = await trainingExamples(task, paths.data, settings, tokenizer);
  const adaptation = adapt(checkpoint, settings.method);
  const device = deviceOptions(settings.engine, threads);
  const model: AdaptedModel = {
    forward: (context, batch) => bertForSequenceClassification(checkpoint.config, context, batch),
    checkpoint,
    adaptation,
    numLabels: task.numLabels,
    device,
    cacheDirectory: paths.cache,
  };
  const loadSeconds = (performance.now() - started) / 1000;

  const beat = heartbeat(paths.heartbeat);
  const selectionLabels = examples.selection.map(({ label }) => label);
  const fitted = await fit({
    ...model,
    kind: task.kind,
    train: examples.train,
    selection: examples.selection,
    score: (logits) => score(task, logits, selectionLabels).scores,
    primaryMetric: task.primaryMetric,
    selectEpoch: settings.selection.epoch,
    settings: settings.training,
    seed: settings.seed,
    checkpointDirectory: paths.checkpoint,
    checkpointEverySteps: assignment.checkpointEverySteps,
    signal,
    onStep: ({ step, steps, loss }) => {
      beat({ step, steps, loss });
      tell({ type: 'step', step, steps, loss });
    },
    onEpoch: ({ epoch, scores }) =>
      tell({ type: 'epoch', epoch, metric: task.primaryMetric, score: scores[task.primaryMetric] ?? 0 }),
    onNote: (text) => tell({ type: 'note', text }),
  });
  if (fitted.status === 'interrupted') return { type: 'interrupted' };

  const evaluating = performance.now();
  const dev = settings.evaluateDev ? await scoreDev(task, model, fitted, tokenizer, assignment) : noDev;
  const devSeconds = (performance.now() - evaluating) / 1000;
  const result: TrialResult = {
    schemaVersion: SCHEMA_VERSION,
    trial: trialBlock(assignment, { task, checkpoint, adaptation, examples, fitted, dev }),
    measured: {
      startedAt: startedAt.toISOString(),
      finishedAt: new Date().toISOString(),
      seconds: {
        load: loadSeconds,
        ...fitted.seconds,
        evaluate: (fitted.seconds['evaluate'] ?? 0) + devSeconds,
        total: (performance.now() - started) / 1000,
      },
      peakMemoryBytes: peakMemoryBytes(),
      attempts: assignment.attempt,
      pid: process.pid,
      host: hostname(),
      threads,
    },
    provenance: {
      ...assignment.provenance,
      device: deviceProvenance(device.device, assignment.provenance),
      modelSha256: checkpoint.sha256,
      dataSha256: settings.data.sha256,
    },
  };
  await commitResult(paths, result, dev.predictions);
  return outcomeOf(result.trial);
};

interface Dev {
  readonly scores: Trial['dev'];
  readonly primary: number | null;
  readonly predictions: readonly Prediction[];
  readonly notes: readonly string[];
}

const noDev: Dev = { scores: {}, primary: null, predictions: [], notes: [] };

/** Scores every dev split of the task, once. */
async function scoreDev(
  task: GlueTask,
  model: AdaptedModel,
  fitted: FitResult,
  tokenizer: Tokenizer,
  { paths, settings }: Assignment,
): Promise<Dev> {
  const scores: Trial['dev'] = {};
  const predictions: Prediction[] = [];
  const notes: string[] = [];
  for (const split of task.splits.dev) {
    const loaded = await loadSplitWithCounts(task, paths.data, split);
    const { examples } = loaded;
    notes.push(...skippedNotes(split, loaded));
    const encoded = encodeAll(examples, tokenizer, settings.training.maxLength);
    const logits = await predict({ ...model, params: fitted.params, examples: encoded });
    const scored = score(
      task,
      logits,
      examples.map(({ label }) => label),
    );
    scores[split] = scored.scores;
    notes.push(...scored.notes.map((note) => `${split}: ${note}`));
    examples.forEach(({ index, label }, i) => predictions.push({ split, index, label, logits: logits[i] ?? [] }));
  }
  return { scores, primary: scores[task.primarySplit]?.[task.primaryMetric] ?? null, predictions, notes };
}

interface Made {
  readonly task: GlueTask;
  readonly checkpoint: Checkpoint;
  readonly adaptation: Adaptation;
  readonly examples: TrialExamples;
  readonly fitted: FitResult;
  readonly dev: Dev;
}

function trialBlock(assignment: Assignment, { task, checkpoint, adaptation, examples, fitted, dev }: Made): Trial {
  const { settings } = assignment;
  const isHead = (name: string): boolean => checkpoint.head.some((prefix) => name.startsWith(`${prefix}.`));
  const base = checkpoint.tensors
    .filter((name) => !isHead(name))
    .reduce((sum, name) => sum + sizeOf(checkpoint.shape(name)), 0);
  return {
    id: assignment.id,
    sweep: assignment.sweep,
    purpose: assignment.purpose,
    settings,
    steps: fitted.steps,
    trainExamples: examples.train.length,
    selectionExamples: examples.selection.length,
    parameters: { ...adaptation.counts, base },
    curves: fitted.curves,
    epochs: [...fitted.epochs],
    chosenEpoch: fitted.chosenEpoch,
    selectionScore: fitted.selectionScore,
    dev: dev.scores,
    primary: { metric: task.primaryMetric, value: dev.primary },
    matrices: adaptation.summary(fitted.params),
    effectivelyFrozen: effectivelyFrozen(
      adaptation.specs,
      initialParams(adaptation.specs, settings.seed),
      fitted.params,
      settings.method.map?.parametrization,
    ),
    notes: [
      ...assignment.notes,
      ...methodNotes(settings.method, { clipping: settings.training.maxGradNorm !== null }),
      ...examples.notes,
      ...checkpoint.notes.map((note) => relativeTo(note, assignment.paths.model)),
      ...dev.notes,
    ],
  };
}

/** A note without the folder of this machine: the same trial writes the same bytes elsewhere. */
function relativeTo(note: string, directory: string): string {
  return note.replaceAll(`${directory}/`, '');
}

function outcomeOf(trial: Trial): Outcome {
  const { value, metric } = trial.primary;
  return { type: 'complete', metric, score: value ?? trial.selectionScore, selectionScore: trial.selectionScore };
}
