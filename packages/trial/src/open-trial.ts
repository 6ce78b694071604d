import { key } from '@lomap/compile';
import { taskNamed } from '@lomap/data';
import { loadTokenizer, openCheckpoint, type Checkpoint, type Tokenizer } from '@lomap/models';
import { adapt } from '@lomap/peft';
import type { Task } from '@lomap/tasks';
import { sequenceObjective, type AdaptedModel, type SequenceObjective } from '@lomap/train';
import type { Oversight } from './oversight.ts';
import { checkRows } from './check-rows.ts';
import { reuseFor } from './compiled-functions.ts';
import { deviceOptions } from './device.ts';
import { trainingExamples, type TrialExamples } from './examples.ts';
import type { TrialJob } from './job.ts';
import { learnPreviousTask } from './previous-task.ts';

/** What a trial trains, and on what. */
export interface OpenTrial {
  readonly task: Task;
  /** The checkpoint's folder: the model's own, or that of the encoder that has learned the previous task. */
  readonly directory: string;
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer;
  readonly examples: TrialExamples;
  readonly model: AdaptedModel;
  readonly objective: SequenceObjective;
}

/**
 * Opens a trial's files; where a previous task is asked for, learns that first.
 *
 * @throws InterruptedError when the trial is stopped meanwhile.
 */
export async function openTrial(job: TrialJob, oversight: Oversight): Promise<OpenTrial> {
  const { settings, paths, threads } = job;
  const task = taskNamed(settings.task);
  const previous = settings.forgetting?.previous ?? null;
  const directory = previous ? await learnPreviousTask(job, previous, oversight) : paths.model;
  oversight.activity('opening');
  const checkpoint = await openCheckpoint(directory, {
    numLabels: task.numLabels,
    cacheDirectory: paths.cache,
    headKey: key(settings.seed, 'head'),
    freshHead: previous !== null,
  });
  const tokenizer = loadTokenizer(paths.model);
  await checkRows(task, paths.data, tokenizer, checkpoint.limits, settings.training.maxLength);
  const examples = await trainingExamples(task, paths.data, settings, tokenizer, oversight);
  const model: AdaptedModel = {
    checkpoint,
    adaptation: adapt(checkpoint, settings.method),
    device: deviceOptions(settings.engine, threads),
    cacheDirectory: paths.cache,
    reuse: reuseFor(checkpoint, settings, task),
  };
  const objective = sequenceObjective(task.kind, checkpoint.classify, task.numLabels);
  return { task, directory, checkpoint, tokenizer, examples, model, objective };
}
