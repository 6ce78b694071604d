/** The worker process: one trial after another, until told to exit or the runner is gone. */
import { onEndingSignals } from '../interruption.ts';
import {
  commandSchema,
  type Assignment,
  type Command,
  type Outcome,
  type Report,
  type TrialReport,
} from './messages.ts';
import { trialError } from './trial-error.ts';

/** Runs one trial to its end, or to a checkpoint once the signal is aborted. */
export type ExecuteTrial = (
  assignment: Assignment,
  tell: (report: TrialReport) => void,
  signal: AbortSignal,
) => Promise<Outcome>;

/** Serves trials over this process's IPC channel. Never returns while the channel is open. */
export function serve(execute: ExecuteTrial): void {
  if (!process.send) throw new Error('`lomap worker` is started by `lomap sweep`, not by hand.');
  // After `disconnect` there is nobody to tell; the callback keeps a failed send from being thrown later.
  const tell = (report: Report): void => void process.send?.(report, () => {});
  let running: AbortController | null = null;
  const stop = (): void => {
    if (running) running.abort();
  };

  // An orphan would write beside the next runner's worker; its last checkpoint is enough to go on from.
  process.on('disconnect', () => process.exit(1));
  // Ctrl-C and a closed terminal reach the whole process group. The runner hears it too, and what runs here goes on later.
  onEndingSignals(stop);

  const run = async (assignment: Assignment): Promise<void> => {
    const controller = new AbortController();
    running = controller;
    try {
      tell(await execute(assignment, tell, controller.signal));
    } catch (error) {
      tell({ type: 'failed', error: trialError(error) });
    } finally {
      running = null;
    }
  };

  process.on('message', (message) => {
    const command: Command = commandSchema.parse(message);
    if (command.type === 'run') void run(command.assignment);
    else if (command.type === 'stop') stop();
    else process.exit(0);
  });
  tell({ type: 'ready' });
}
