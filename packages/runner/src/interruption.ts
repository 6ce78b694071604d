/** How a run answers the signals that ask it to end. */
import { constants } from 'node:os';
import { basename } from 'node:path';
import { exitCodes } from './errors.ts';

const asked: readonly NodeJS.Signals[] = [
  ...(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGBREAK', 'SIGALRM', 'SIGVTALRM'] as const),
  ...(['SIGUSR2', 'SIGXCPU', 'SIGIO', 'SIGPWR', 'SIGSTKFLT'] as const),
];

/**
 * The signals of this system that end a program unless it listens, and that somebody sends: a person, a terminal that is
 * closed, a batch system before its time is up, a limit of processor time. Not among them: those of a fault in the
 * program (SIGSEGV, SIGABRT, ...); SIGUSR1, at which Node opens its debugger; SIGPROF, which profilers take; SIGPIPE and
 * SIGXFSZ, which Node turns into errors of a write.
 */
export const endingSignals: readonly NodeJS.Signals[] = asked.filter((name) => name in constants.signals);

/** Those that a person sends who does not want to wait; a terminal or a limit may send the others again by itself. */
const insisting: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGBREAK']);

/** Milliseconds in which a second signal is an echo of the first: npx, Nx and shells pass on what the whole group got. */
const ECHO = 1_000;

/** Why a run was stopped: the reason of its AbortSignal. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly signal: NodeJS.Signals;
  constructor(signal: NodeJS.Signals) {
    super(`Stopped by ${signal}.`);
    this.signal = signal;
  }
}

/** 128 + the signal's number, as of a program that the signal ended. */
export function signalCode(name: NodeJS.Signals): number {
  return 128 + constants.signals[name];
}

/** The exit code of a run that this signal stopped. */
export function interruptedCode({ reason }: Pick<AbortSignal, 'reason'>): number {
  return reason instanceof Interruption ? signalCode(reason.signal) : exitCodes.interrupted;
}

/**
 * Whether a closed terminal shall not end the program. nohup asks for it by an ignored SIGHUP, which Node undoes when it
 * starts; a shell leaves the command's name in `_`.
 */
export function startedByNohup(environment: NodeJS.ProcessEnv = process.env): boolean {
  return basename(environment['_'] ?? '') === 'nohup';
}

/** Calls `hear` for every signal that asks the process to end; returns the function that ends that. */
export function onEndingSignals(hear: (name: NodeJS.Signals) => void): () => void {
  const listener = (name: NodeJS.Signals): void => {
    if (name !== 'SIGHUP' || !startedByNohup()) hear(name);
  };
  for (const name of endingSignals) process.on(name, listener);
  return () => {
    for (const name of endingSignals) process.off(name, listener);
  };
}

/**
 * A signal aborts `signal`, so that a run stops at its next step or batch; a second one of a person's ends the process at
 * once.
 *
 * @param beforeExit what is ended with it, such as worker processes.
 */
export function stopOnSignals(
  say: (text: string) => void,
  beforeExit: () => void = () => {},
  now: () => number = Date.now,
): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const controller = new AbortController();
  let first = 0;
  const dispose = onEndingSignals((name) => {
    if (!controller.signal.aborted) {
      first = now();
      say(`${name}: stopping at the next step, with a checkpoint. Once more ends at once.`);
      controller.abort(new Interruption(name));
    } else if (insisting.has(name) && now() - first > ECHO) {
      beforeExit();
      process.exit(signalCode(name));
    }
  });
  return { signal: controller.signal, dispose };
}

/** Work that is of no use half done: a signal ends the process, after `clear` has taken away what there is of it. */
export async function endingOnSignals<T>(clear: (name: NodeJS.Signals) => void, work: () => Promise<T>): Promise<T> {
  const dispose = onEndingSignals((name) => {
    clear(name);
    process.exit(signalCode(name));
  });
  try {
    return await work();
  } finally {
    dispose();
  }
}
