/** The encoder that a trial starts from when it measures how a task learned before is forgotten. */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { key } from '@lomap/compile';
import { taskNamed } from '@lomap/data';
import { loadTokenizer, openCheckpoint, readMaskedLmHead, writeSafetensors, type WritableTensor } from '@lomap/models';
import { adapt, methodDefaults } from '@lomap/peft';
import { canonicalJson, type Forgetting } from '@lomap/results';
import { metricNamed, score } from '@lomap/tasks';
import { fit, InterruptedError, removeResumeFile, sequenceObjective } from '@lomap/train';
import { partOf, TRAINING, type Oversight } from './oversight.ts';
import { checkRows } from './check-rows.ts';
import { deviceOptions } from './device.ts';
import { trainingExamples } from './examples.ts';
import type { TrialJob } from './job.ts';

type Previous = NonNullable<Forgetting['previous']>;

/**
 * The folder of a checkpoint whose whole encoder was fine-tuned on the previous task: encoder, that task's pooler and
 * classifier, and the masked-LM head it was pretrained with, if that is measured. Trials of one seed and different
 * methods share it, so that they start from the same encoder; the first to ask makes it.
 *
 * Its own checkpoint lies beside that of the trial that makes it.
 *
 * @throws InterruptedError when the trial is stopped: the next start goes on from the checkpoint.
 */
export async function learnPreviousTask(
  {
    settings,
    paths,
    threads,
    provenance,
    checkpointEverySteps,
  }: Pick<TrialJob, 'settings' | 'paths' | 'threads' | 'provenance' | 'checkpointEverySteps'>,
  previous: Previous,
  oversight: Oversight,
): Promise<string> {
  const { selection, engine, seed } = settings;
  const { learningRate, epochs, maxTrainSamples } = previous;
  const training = {
    ...settings.training,
    ...{ learningRate, epochs, maxTrainSamples, headLearningRate: null, maxSteps: null },
  };
  const keepsHead = (settings.forgetting?.maskedLm ?? null) !== null;
  const { commit, dirty } = provenance;
  const from = { model: settings.model.sha256, commit, dirty };
  const { plugins } = settings;
  const recipe = canonicalJson({
    ...{ ...from, previous, training, selection, engine, seed, keepsHead },
    ...(plugins && { plugins }),
  });
  const parent = join(paths.cache, 'previous');
  const directory = join(parent, createHash('sha256').update(recipe).digest('hex').slice(0, 32));
  if (await exists(directory)) return directory;

  const { signal, activity } = partOf(oversight, `learning ${previous.task} first`);
  activity('opening');
  // Before anything is trained: a checkpoint without the head is an error of the sweep.
  const head = keepsHead ? readMaskedLmHead(paths.model) : [];
  const task = taskNamed(previous.task);
  const checkpoint = await openCheckpoint(paths.model, {
    numLabels: task.numLabels,
    cacheDirectory: paths.cache,
    headKey: key(seed, 'head'),
    freshHead: true,
  });
  const tokenizer = loadTokenizer(paths.model);
  await checkRows(task, paths.data, tokenizer, checkpoint.limits, training.maxLength);
  const examples = await trainingExamples(task, paths.data, { selection, training }, tokenizer, { signal, activity });
  const labels = examples.selection.map(({ label }) => label);
  const adaptation = adapt(checkpoint, methodDefaults('full'));
  const resumeDirectory = join(paths.checkpoint, 'previous');
  const fitted = await fit({
    checkpoint,
    adaptation,
    device: deviceOptions(engine, threads),
    cacheDirectory: paths.cache,
    objective: sequenceObjective(task.kind, checkpoint.classify, task.numLabels),
    train: examples.train,
    selection: examples.selection,
    score: (logits) => score(task, logits, labels).scores,
    primaryMetric: task.primaryMetric,
    better: metricNamed(task.primaryMetric).better,
    selectEpoch: selection.epoch,
    settings: training,
    seed,
    resumeDirectory,
    saveEverySteps: checkpointEverySteps,
    signal,
    onStep: ({ step, steps }) => activity(TRAINING, step, steps),
    onActivity: activity,
  });
  if (fitted.status === 'interrupted') throw new InterruptedError();

  const learned = adaptation.merge(fitted.params);
  const tensors = new Map<string, WritableTensor>(head);
  for (const name of checkpoint.tensors) {
    tensors.set(name, { shape: checkpoint.shape(name), data: learned.get(name) ?? checkpoint.read(name) });
  }
  await mkdir(parent, { recursive: true });
  const partial = await mkdtemp(join(parent, 'partial-'));
  try {
    await copyFile(join(paths.model, 'config.json'), join(partial, 'config.json'));
    await writeSafetensors(join(partial, 'model.safetensors'), tensors);
    await rename(partial, directory);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another worker was faster; its folder holds the same bytes.
    if (!(await exists(directory))) throw error;
  }
  await removeResumeFile(resumeDirectory);
  return directory;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
