/** Worker processes: forked when needed, kept for the next trial unless it asks for its own, replaced when they die. */
import { fork, type ChildProcess } from 'node:child_process';
import { appendFileSync, createWriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { endingSignals } from '../interruption.ts';
import { makeFolder } from '../store/make-folder.ts';
import {
  reportSchema,
  type Assignment,
  type Command,
  type Outcome,
  type TrialError,
  type TrialReport,
} from '../worker/messages.ts';
import { gpuSlots, type GpuSlot } from './gpus.ts';

/** Runs trials. The sweep knows no more of workers than this. */
export interface Executor {
  /** Resolves with how the trial ended; never rejects. `started` is told the process that runs it. */
  run(
    assignment: Assignment,
    log: string,
    started: (pid: number) => void,
    tell: (report: TrialReport) => void,
  ): Promise<Outcome>;
  /** Asks every running trial to stop at its next step. */
  stop(): void;
  /** Ends all workers now. */
  kill(): void;
  /** Ends idle workers; call it when no trial runs. */
  close(): Promise<void>;
}

/** Signals that come from outside (a person, the system's memory killer), not from the trial's own code. */
const outside: ReadonlySet<NodeJS.Signals> = new Set([...endingSignals, 'SIGKILL']);

/**
 * A pool of processes that run `entry` with `args` and speak the protocol of worker/messages.ts. Each sees one of the
 * `gpus`, or what the runner sees if there are none.
 */
export function workerPool(
  entry: string,
  args: readonly string[] = ['worker'],
  gpus: readonly number[] = [],
): Executor {
  const slots = gpuSlots(gpus);
  const slotOf = new Map<ChildProcess, GpuSlot>();
  const idle: ChildProcess[] = [];
  const all = new Set<ChildProcess>();
  const busy = new Set<ChildProcess>();
  let stopping = false;

  const spawn = (): ChildProcess => {
    const slot = slots.take();
    const env = { ...process.env, ...slot.environment };
    const child = fork(entry, args, { silent: true, execArgv: ['--no-warnings'], env });
    all.add(child);
    slotOf.set(child, slot);
    child.once('exit', () => {
      all.delete(child);
      slot.release();
      slotOf.delete(child);
      const i = idle.indexOf(child);
      if (i >= 0) idle.splice(i, 1);
    });
    child.on('error', () => {}); // Followed by `exit`, or by nothing that can be acted on.
    return child;
  };
  const send = (child: ChildProcess, command: Command): void => void child.send(command, () => {});

  return {
    run: (assignment, log, started, tell) =>
      new Promise((resolve) => {
        const child = idle.pop() ?? spawn();
        busy.add(child);
        makeFolder(dirname(log));
        const file = createWriteStream(log, { flags: 'a' });
        file.on('error', () => {}); // A full disk: the trial's own error tells.
        const write = (chunk: Buffer): void => void file.write(chunk);
        child.stdout?.on('data', write);
        child.stderr?.on('data', write);

        const finish = (outcome: Outcome, reusable: boolean): void => {
          child.off('message', onMessage);
          child.off('exit', onExit);
          child.stdout?.off('data', write);
          child.stderr?.off('data', write);
          file.end();
          busy.delete(child);
          if (reusable) idle.push(child);
          // It runs nothing more: the next process may have its GPU before it is gone.
          else slotOf.get(child)?.release();
          resolve(outcome);
        };
        const onExit = (code: number | null, signal: NodeJS.Signals | null): void => {
          const fromOutside = signal !== null && outside.has(signal);
          const how = signal ? `was killed by ${signal}` : `exited with code ${code}`;
          const error: TrialError = {
            name: 'WorkerDied',
            message: `The worker process ${child.pid} ${how}.`,
            stack: null,
            code: null,
          };
          finish(fromOutside ? { type: 'interrupted', error } : { type: 'failed', error }, false);
        };
        const onMessage = (message: unknown): void => {
          const parsed = reportSchema.safeParse(message);
          if (!parsed.success) {
            tell({ type: 'note', text: `The worker said something unknown: ${JSON.stringify(message).slice(0, 200)}` });
            return;
          }
          const report = parsed.data;
          switch (report.type) {
            case 'ready':
              return;
            case 'complete':
            case 'interrupted':
              finish(report, assignment.ownProcess !== true);
              if (assignment.ownProcess === true) send(child, { type: 'exit' });
              return;
            case 'failed':
              // Its memory and its tensors are in doubt: the next trial gets a fresh process.
              finish(report, false);
              send(child, { type: 'exit' });
              return;
            default:
              if (report.type === 'note') appendNote(log, report.text);
              tell(report);
          }
        };
        child.on('message', onMessage);
        child.once('exit', onExit);
        if (child.pid !== undefined) started(child.pid);
        else onExit(null, null);
        send(child, { type: 'run', assignment });
        if (stopping) send(child, { type: 'stop' });
      }),
    stop() {
      stopping = true;
      for (const child of busy) send(child, { type: 'stop' });
    },
    kill() {
      for (const child of all) child.kill('SIGKILL');
    },
    async close() {
      const ended = [...all].map((child) => new Promise<void>((resolve) => child.once('exit', () => resolve())));
      for (const child of all) send(child, { type: 'exit' });
      await Promise.all(ended);
    },
  };
}

function appendNote(log: string, text: string): void {
  try {
    appendFileSync(log, `${text}\n`);
  } catch {
    // A display, not a result.
  }
}
