/** Whether a worker's folders hold what a trial names by its hash. */
import { createHash } from 'node:crypto';
import { key } from '@lomap/compile';
import { taskNamed } from '@lomap/data';
import { loadTokenizer, openCheckpoint, type Checkpoint, type Tokenizer } from '@lomap/models';
import type { TrialSettings } from '@lomap/results';
import { FailureError } from '../errors.ts';
import type { WorkerStart } from './messages.ts';

/** A model's hash: over its weights and config and over its tokenizer, the SHA-256 of the two hashes, a line each. */
export function modelSha256(checkpoint: Pick<Checkpoint, 'sha256'>, tokenizer: Pick<Tokenizer, 'sha256'>): string {
  return createHash('sha256').update(`${checkpoint.sha256}\n${tokenizer.sha256}\n`).digest('hex');
}

/**
 * A function that compares a trial's hashes with a worker's folders. Each is read once: a worker trusts that nobody
 * changes files while it lives.
 *
 * @returns it throws a FailureError that names the folder and both hashes.
 */
export function checkedFolders({
  model,
  data,
  cache,
}: WorkerStart): (settings: Pick<TrialSettings, 'model' | 'data' | 'task' | 'forgetting'>) => Promise<void> {
  let ofModel: Promise<string> | undefined;
  const ofData = new Map<string, Promise<string>>();
  const readModel = async (): Promise<string> => {
    const options = { numLabels: 1, cacheDirectory: cache, headKey: key(0) };
    return modelSha256(await openCheckpoint(model, options), loadTokenizer(model));
  };
  const checkData = async (what: string, task: string, expected: string): Promise<void> => {
    const known = ofData.get(task) ?? taskNamed(task).sha256(data);
    ofData.set(task, known);
    requireSame(what, data, await known, expected);
  };
  return async ({ model: named, data: from, task, forgetting }) => {
    ofModel ??= readModel();
    requireSame(`The model ${named.name}`, model, await ofModel, named.sha256);
    await checkData(`The data ${from.name}`, task, from.sha256);
    const previous = forgetting?.previous;
    if (previous)
      await checkData(`The data of ${previous.task}, the task learned before,`, previous.task, previous.dataSha256);
  };
}

function requireSame(what: string, folder: string, found: string, expected: string): void {
  if (found === expected) return;
  throw new FailureError(
    `${what} of this trial has the SHA-256 ${expected}, and ${folder} has ${found}: its files have changed since the ` +
      'sweep started, or this worker has others. Start the sweep again, or give the worker the same files.',
  );
}
