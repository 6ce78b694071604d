/** Compiled functions that a worker keeps for its next trial. */
import { sizeOf } from '@lomap/compile';
import type { Checkpoint } from '@lomap/models';
import { canonicalJson, type TrialSettings } from '@lomap/results';
import type { Task } from '@lomap/tasks';
import { ReuseCache, type Reuse } from '@lomap/train';

/**
 * A sweep goes through its tasks one after another, and each method has two functions, a training step and an evaluation:
 * enough for eight methods. Each keeps the memory of its activations, some 60 MB for the small encoder.
 */
const ofSmallModels = new ReuseCache(16);

/** Keeps nothing in memory: graphs on disk are found again by their identity. */
const ofLargeModels = new ReuseCache(0);

/** Opening a session takes as long as a small model's whole training, and nothing beside that of a large one. */
const SMALL_MODEL_PARAMETERS = 8e6;

/** Sessions of large models are opened anew, since each keeps the memory of its activations. */
export function reuseFor(checkpoint: Checkpoint, settings: TrialSettings, task: Task): Reuse {
  const size = checkpoint.tensors.reduce((sum, name) => sum + sizeOf(checkpoint.shape(name)), 0);
  const method = { ...settings.method, label: '' };
  // What plugins compute is in no hash of the packages' code.
  const { plugins } = settings;
  const identity = canonicalJson({
    ...{ model: checkpoint.sha256, method, numLabels: task.numLabels },
    ...(plugins && { plugins }),
  });
  return { cache: size > SMALL_MODEL_PARAMETERS ? ofLargeModels : ofSmallModels, identity };
}
