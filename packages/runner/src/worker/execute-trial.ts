/** One trial, from files to a result: a pure function of its settings, its `measured` block apart. */
import { hostname } from 'node:os';
import { score } from '@lomap/glue';
import {
  collapsedOnDev,
  collapsedOnSelection,
  hardlyVary,
  SCHEMA_VERSION,
  type Trial,
  type TrialResult,
} from '@lomap/results';
import { fit, initialParams, InterruptedError, totalSteps, type FitResult } from '@lomap/train';
import { activityOf, type Oversight } from './activity.ts';
import { commitResult } from './commit-result.ts';
import { deviceProvenance } from './device.ts';
import { geometryRecorder } from './geometry.ts';
import { TRAINING } from './heartbeat.ts';
import { keptAdapter } from './kept-adapter.ts';
import type { Assignment, Outcome, TrialReport } from './messages.ts';
import { openTrial } from './open-trial.ts';
import { peakMemoryBytes, resetPeakMemory } from './peak-memory.ts';
import { noDev, scoreDev } from './score-dev.ts';
import type { ExecuteTrial } from './serve.ts';
import { medianSeconds, stepMilliseconds } from './step-times.ts';
import { trialBlock } from './trial-block.ts';
import { trialGauge } from './trial-gauge.ts';

/**
 * Trains, scores and writes the result. Once the signal is aborted it stops before the next step, batch or hundred
 * examples; its checkpoint is enough to go on from, to the scoring of dev alone where all steps are done.
 */
export const executeTrial: ExecuteTrial = async (assignment, tell, signal) => {
  const oversight: Oversight = { signal, activity: activityOf(assignment.paths.heartbeat, tell) };
  try {
    return await execute(assignment, tell, oversight);
  } catch (error) {
    if (error instanceof InterruptedError) return { type: 'interrupted' };
    throw error;
  }
};

async function execute(
  assignment: Assignment,
  tell: (report: TrialReport) => void,
  oversight: Oversight,
): Promise<Outcome> {
  const { settings, paths, threads } = assignment;
  const { signal, activity } = oversight;
  const startedAt = new Date();
  const started = performance.now();
  resetPeakMemory();

  activity('opening');
  const opened = await openTrial(assignment, oversight);
  const { task, checkpoint, tokenizer, examples, model, objective } = opened;
  const { adaptation, device } = model;
  const loadSeconds = (performance.now() - started) / 1000;

  const gauge = await trialGauge(assignment, opened, oversight);
  const geometry =
    settings.geometry &&
    geometryRecorder({
      ...{ geometry: settings.geometry, checkpoint, adaptation, seed: settings.seed, directory: paths.checkpoint },
      steps: totalSteps(examples.train.length, settings.training),
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
      measure: gauge && ((params) => gauge.measure(params)),
      probe: geometry,
      selectEpoch: settings.selection.epoch,
      settings: settings.training,
      seed: settings.seed,
      checkpointDirectory: paths.checkpoint,
      checkpointEverySteps: assignment.checkpointEverySteps,
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
  if (fitted.status === 'interrupted') return { type: 'interrupted' };

  const evaluating = performance.now();
  const dev = settings.evaluateDev
    ? await scoreDev(task, { ...model, objective }, fitted, tokenizer, assignment, oversight)
    : noDev;
  const devSeconds = (performance.now() - evaluating) / 1000;
  const made = { task, checkpoint, adaptation, examples, fitted, dev, before, geometry: await geometry?.result() };
  activity('writing');
  const trial = trialBlock(assignment, made);
  const total = (performance.now() - started) / 1000;
  const steps = stepMilliseconds(stepSeconds);
  const merges = assignment.ownProcess === true && trial.matrices.length > 0;
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
      attempts: assignment.attempt,
      pid: process.pid,
      host: hostname(),
      threads,
      ...(steps && { stepMilliseconds: steps }),
      // Often enough that the median is of compiled code.
      ...(merges && { mergeSeconds: medianSeconds(7, () => adaptation.merge(fitted.params)) }),
      ...(assignment.ownProcess && { ownProcess: true }),
    },
    provenance: {
      ...assignment.provenance,
      device: deviceProvenance(device.device, assignment.provenance),
      modelSha256: checkpoint.sha256,
      dataSha256: settings.data.sha256,
    },
  };
  const adapter = keptAdapter(assignment, checkpoint, fitted.params, tell);
  const aside = await commitResult(paths, result, dev.predictions, adapter);
  if (aside !== null) tell({ type: 'note', text: `what stood in its place is in ${aside}` });
  return outcomeOf(result.trial);
}

function outcomeOf(trial: Trial): Outcome {
  const { value, metric } = trial.primary;
  const collapsed = value === null ? collapsedOnSelection(trial) : collapsedOnDev(trial);
  return {
    type: 'complete',
    metric,
    score: value ?? trial.selectionScore,
    selectionScore: trial.selectionScore,
    ...(collapsed === true && { collapsed }),
  };
}
