/** What runs trials, wherever it lives: a process of its own, a job of a cluster, the runner itself. */
import { InterruptedError } from '@lomap/train';
import { runTrial } from '@lomap/trial';
import { loadPlugins } from '../plugins/load.ts';
import { workPaths } from '../store/layout.ts';
import { thisMachine } from '../sweep/provenance.ts';
import { activityOf } from './activity.ts';
import { checkedFolders } from './folders.ts';
import type { Assignment, TrialReport, WorkerEnding, WorkerStart } from './messages.ts';
import { stageResult } from './stage-result.ts';
import { trialError } from './trial-error.ts';

export interface Worker {
  /**
   * Runs one trial to its end, or to a checkpoint once the signal is aborted. Never rejects. A finished trial's files are
   * left in a folder for the runner to commit; its checkpoint stays.
   */
  run(assignment: Assignment, tell: (report: TrialReport) => void, signal: AbortSignal): Promise<WorkerEnding>;
}

/**
 * A worker that was told where it finds things. One trial at a time.
 *
 * @throws UsageError for a plugin that is not the one of the sweep, or cannot be loaded.
 */
export async function openWorker(start: WorkerStart): Promise<Worker> {
  await loadPlugins(start.plugins.map((plugin) => ({ ...plugin, where: 'plugin' })));
  const check = checkedFolders(start);
  return {
    async run(assignment, tell, signal) {
      const { checkpoint, heartbeat, staging } = workPaths(start.work, assignment.folder);
      try {
        const activity = activityOf(heartbeat, tell);
        activity('opening');
        await check(assignment.settings);
        const { model, data, cache, threads } = start;
        const { folder: _, provenance, ...job } = assignment;
        const paths = { model, data, cache, checkpoint };
        const finished = await runTrial(
          { ...job, threads, paths, provenance: { ...provenance, ...thisMachine() } },
          { signal, activity },
          tell,
        );
        await stageResult(staging, finished);
        return { type: 'complete', folder: staging };
      } catch (error) {
        return error instanceof InterruptedError
          ? { type: 'interrupted' }
          : { type: 'failed', error: trialError(error) };
      }
    },
  };
}
