/** One worker process: the runner's end of the channel. */
import { fork } from 'node:child_process';
import { endingSignals } from '../interruption.ts';
import { reportSchema, type Command, type WorkerEnding, type WorkerStart } from '../worker/messages.ts';
import type { Lease, Place } from './executor.ts';

export interface WorkerProcess {
  /** Null for a process that could not be started. */
  readonly pid: number | null;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
  /** Whether it can run another trial. */
  usable(): boolean;
  /** Runs a trial. Never rejects: a process that dies is how the trial ended. */
  run(lease: Lease, place: Place): Promise<WorkerEnding>;
  exit(): void;
  kill(): void;
}

/** Signals that come from outside (a person, the system's memory killer), not from the trial's own code. */
const outside: ReadonlySet<NodeJS.Signals> = new Set([...endingSignals, 'SIGKILL']);

/** @param idle called once, when the process computes nothing more. */
export function forkWorker(
  entry: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  start: WorkerStart,
  idle: () => void,
): WorkerProcess {
  const child = fork(entry, args, { silent: true, execArgv: ['--no-warnings'], env });
  const pid = child.pid ?? null;
  let usable = pid !== null;
  const send = (command: Command): void => void child.send(command, () => {});
  const retire = (): void => {
    usable = false;
    idle();
  };
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      retire();
      resolve();
    });
    // Followed by `exit`, unless it was never started.
    child.on('error', () => {
      if (pid === null) resolve();
    });
  });
  if (usable) send({ type: 'start', start });

  const run = (lease: Lease, place: Place): Promise<WorkerEnding> =>
    new Promise((resolve) => {
      const print = (chunk: Buffer): void => lease.print(chunk);
      const stop = (): void => send({ type: 'stop' });
      const finish = (ending: WorkerEnding): void => {
        child.off('message', hear);
        child.off('exit', died);
        for (const stream of [child.stdout, child.stderr]) stream?.off('data', print);
        lease.signal.removeEventListener('abort', stop);
        resolve(ending);
      };
      /** It runs nothing more: the next process may have its GPU before it is gone. */
      const last = (ending: WorkerEnding): void => {
        finish(ending);
        retire();
        send({ type: 'exit' });
      };
      const died = (code: number | null, signal: NodeJS.Signals | null): void => {
        const how = signal
          ? `was killed by ${signal}`
          : pid === null
            ? 'could not be started'
            : `exited with code ${code}`;
        const message = `The worker process ${pid === null ? '' : `${pid} `}${how}.`;
        const error = { name: 'WorkerDied', message, stack: null, code: null };
        finish({ type: signal !== null && outside.has(signal) ? 'interrupted' : 'failed', error });
      };
      const hear = (message: unknown): void => {
        const parsed = reportSchema.safeParse(message);
        if (!parsed.success) {
          const said = JSON.stringify(message).slice(0, 200);
          lease.report({ type: 'note', text: `The worker said something unknown: ${said}` });
          return;
        }
        const report = parsed.data;
        if (report.type === 'ready') return;
        // Of a trial that failed memory and tensors are in doubt: the next one gets a fresh process.
        if (report.type === 'failed') last(report);
        else if (report.type !== 'complete' && report.type !== 'interrupted') lease.report(report);
        else if (lease.assignment.ownProcess) last(report);
        else finish(report);
      };
      child.on('message', hear);
      child.once('exit', died);
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', print);
      if (pid === null) {
        died(null, null);
        return;
      }
      lease.started(place);
      send({ type: 'run', assignment: lease.assignment });
      if (lease.signal.aborted) stop();
      else lease.signal.addEventListener('abort', stop, { once: true });
    });

  return {
    pid,
    ended,
    run,
    usable: () => usable,
    exit: () => send({ type: 'exit' }),
    kill: () => void child.kill('SIGKILL'),
  };
}
