/** The worker process: one trial after another, until told to exit or the runner is gone. */
import { onEndingSignals } from '../interruption.ts';
import { commandSchema, type Assignment, type Command, type Report, type WorkerStart } from './messages.ts';
import { trialError } from './trial-error.ts';
import type { Worker } from './worker.ts';

/**
 * Serves trials over this process's IPC channel: it is told once where it finds things, then one trial after another. Never
 * returns while the channel is open.
 */
export function serve(open: (start: WorkerStart) => Promise<Worker>): void {
  if (!process.send) throw new Error('`lomap worker` is started by `lomap sweep`, not by hand.');
  // After `disconnect` there is nobody to tell; the callback keeps a failed send from being thrown later.
  const tell = (report: Report): void => void process.send?.(report, () => {});
  let worker: Promise<Worker> | null = null;
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
      if (!worker) throw new Error('A trial came before the start.');
      tell(await (await worker).run(assignment, tell, controller.signal));
    } catch (error) {
      tell({ type: 'failed', error: trialError(error) });
    } finally {
      running = null;
    }
  };

  process.on('message', (message) => {
    const command: Command = commandSchema.parse(message);
    if (command.type === 'start') {
      worker = open(command.start);
      // The first trial says so.
      worker.catch(() => {});
    } else if (command.type === 'run') void run(command.assignment);
    else if (command.type === 'stop') stop();
    else process.exit(0);
  });
  tell({ type: 'ready' });
}
