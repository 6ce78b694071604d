import { taskNamed } from '@lomap/data';
import { watched, type Oversight } from './oversight.ts';
import { encodeAll } from './examples.ts';
import { forgettingGauge, type ForgettingGauge, type ForgettingOptions } from './forgetting.ts';
import type { TrialJob } from './job.ts';
import type { OpenTrial } from './open-trial.ts';

/** What measures a trial's forgetting; undefined where its settings do not ask for that. */
export async function trialGauge(
  job: TrialJob,
  opened: OpenTrial,
  oversight: Oversight,
): Promise<ForgettingGauge | undefined> {
  const { forgetting, training } = job.settings;
  if (!forgetting) return undefined;
  const { checkpoint, model, tokenizer, directory } = opened;
  const previous = await previousDev(job, opened, oversight);
  return forgettingGauge({
    forgetting,
    checkpoint,
    model,
    tokenizer,
    directory,
    maxLength: training.maxLength,
    previous,
    oversight,
  });
}

/** The dev examples of the task learned before, if one was. */
async function previousDev(
  { settings, paths }: TrialJob,
  { tokenizer }: OpenTrial,
  oversight: Oversight,
): Promise<ForgettingOptions['previous']> {
  const name = settings.forgetting?.previous?.task;
  if (name === undefined) return null;
  const task = taskNamed(name);
  const { examples } = await task.load(paths.data, task.primarySplit);
  const watch = watched(oversight, `encoding dev of ${name}`);
  return { task, dev: await encodeAll(examples, tokenizer, settings.training.maxLength, watch) };
}
