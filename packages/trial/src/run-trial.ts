/** One trial, from files to a result: a pure function of its settings, its `measured` block apart. */
import { hostname } from 'node:os';
import { peakMemoryBytes, resetPeakMemory } from '@lomap/compile';
import { hardlyVary, SCHEMA_VERSION, type TrialResult } from '@lomap/results';
import { metricNamed, score } from '@lomap/tasks';
import { fit, initialParams, InterruptedError, trainingSteps, type FitResult } from '@lomap/train';
import { deviceProvenance } from './device.ts';
import { geometryRecorder } from './geometry.ts';
import { keptAdapter } from './kept-adapter.ts';
import type { FinishedTrial, TrialEvent, TrialJob } from './job.ts';
import { openTrial } from './open-trial.ts';
import { TRAINING, type Oversight } from './oversight.ts';
import { noDev, scoreDev } from './score-dev.ts';
import { medianSeconds, stepMilliseconds } from './step-times.ts';
import { trialBlock } from './trial-block.ts';
import { trialGauge } from './trial-gauge.ts';

/**
 * Trains and scores. Once the signal is aborted it stops before the next step, batch or hundred examples; its checkpoint
 * is enough to go on from, to the scoring of dev alone where all steps are done. The checkpoint stays until whoever runs
 * the trial has its result safe.
 *
 * @throws InterruptedError when the trial is stopped.
 */
export async function runTrial(
  job: TrialJob,
  oversight: Oversight,
  tell: (event: TrialEvent) => void,
): Promise<FinishedTrial> {
  const { settings, paths, threads } = job;
  const { signal, activity } = oversight;
  const startedAt = new Date();
  const started = performance.now();
  resetPeakMemory();

  activity('opening');
  const opened = await openTrial(job, oversight);
  const { task, checkpoint, tokenizer, examples, model, objective } = opened;
  const { adaptation, device } = model;
  const loadSeconds = (performance.now() - started) / 1000;

  const gauge = await trialGauge(job, opened, oversight);
  const geometry =
    settings.geometry &&
    geometryRecorder({
      ...{ geometry: settings.geometry, checkpoint, adaptation, seed: settings.seed, directory: paths.checkpoint },
      steps: trainingSteps(examples.train.length, settings.training, adaptation),
      oversight,
    });
  const stepSeconds: number[] = [];
  const selectionLabels = examples.selection.map(({ label }) => label);
  const train = async (): Promise<{ before: Record<string, number> | undefined; fitted: FitResult }> => {
    const before = await gauge?.measure(initialParams(adaptation.specs, settings.seed));
    const fitted = await fit({
      ...model,
      objective,
      train: examples.train,
      selection: examples.selection,
      score: (logits) => score(task, logits, selectionLabels).scores,
      collapsed: hardlyVary,
      primaryMetric: task.primaryMetric,
      better: metricNamed(task.primaryMetric).better,
      measure: gauge && ((params) => gauge.measure(params)),
      probe: geometry,
      selectEpoch: settings.selection.epoch,
      settings: settings.training,
      seed: settings.seed,
      resumeDirectory: paths.checkpoint,
      saveEverySteps: job.checkpointEverySteps,
      signal,
      onStep: ({ step, steps, loss, seconds }) => {
        stepSeconds.push(seconds);
        activity(TRAINING, step, steps);
        tell({ type: 'step', step, steps, loss });
      },
      onEpoch: ({ epoch, scores }) =>
        tell({ type: 'epoch', epoch, metric: task.primaryMetric, score: scores[task.primaryMetric] ?? 0 }),
      onActivity: activity,
      onNote: (text) => tell({ type: 'note', text }),
    });
    return { before, fitted };
  };
  const { before, fitted } = await train().finally(() => gauge?.dispose());
  if (fitted.status === 'interrupted') throw new InterruptedError();

  const evaluating = performance.now();
  const dev = settings.evaluateDev
    ? await scoreDev(task, { ...model, objective }, fitted, tokenizer, job, oversight)
    : noDev;
  const devSeconds = (performance.now() - evaluating) / 1000;
  const made = {
    task,
    checkpoint,
    tokenizer,
    adaptation,
    examples,
    fitted,
    dev,
    before,
    geometry: await geometry?.result(),
  };
  activity('writing');
  const trial = trialBlock(job, made);
  const total = (performance.now() - started) / 1000;
  const steps = stepMilliseconds(stepSeconds);
  const merges = job.ownProcess === true && trial.matrices.length > 0;
  const result: TrialResult = {
    schemaVersion: SCHEMA_VERSION,
    trial,
    measured: {
      startedAt: startedAt.toISOString(),
      finishedAt: new Date().toISOString(),
      seconds: {
        load: loadSeconds,
        ...fitted.seconds,
        evaluate: (fitted.seconds['evaluate'] ?? 0) + devSeconds,
        total,
      },
      peakMemoryBytes: peakMemoryBytes(),
      attempts: job.attempt,
      pid: process.pid,
      host: hostname(),
      threads,
      ...(steps && { stepMilliseconds: steps }),
      // Often enough that the median is of compiled code.
      ...(merges && { mergeSeconds: medianSeconds(7, () => adaptation.merge(fitted.params)) }),
      ...(job.ownProcess && { ownProcess: true }),
    },
    provenance: {
      ...job.provenance,
      device: deviceProvenance(device.device, job.provenance),
      modelSha256: checkpoint.sha256,
      dataSha256: settings.data.sha256,
    },
  };
  return { result, predictions: dev.predictions, adapter: keptAdapter(job, checkpoint, fitted.params, tell) };
}
