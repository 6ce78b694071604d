/** The command line as a user starts it: a process of its own, from the built packages. */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../packages/runner/bin/lomap.js', import.meta.url));

export interface Ended {
  /** The exit code; null for a process that a signal ended. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  /** What it has written to stderr so far. */
  stderr(): string;
  /** Sends a signal to the process and its workers, as a terminal does with Ctrl-C. */
  signalGroup(signal: NodeJS.Signals): void;
  /** Sends a signal to the process alone. */
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

/** Longer than any command here takes on a busy machine: what hangs is killed and fails its test. */
const LIMIT = 150_000;

/** Starts `lomap` with these arguments, in a process group of its own. */
export function start(args: readonly string[], limit = LIMIT, environment: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [bin, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Provenance without git: a commit made while the tests run is no difference between two sweeps.
    env: { ...process.env, GIT_DIR: '/nowhere', NO_COLOR: '1', ...environment },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${bin} could not be started.`);
  const text = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (chunk: string) => (text[stream] += chunk));
  const signalGroup = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-pid, signal);
    } catch {
      // It has ended by itself.
    }
  };
  const timer = setTimeout(() => {
    text.stderr += `\n(killed by the test after ${limit} ms)\n`;
    signalGroup('SIGKILL');
  }, limit);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, ...text });
    });
  });
  return { stderr: () => text.stderr, signalGroup, signal: (signal) => void child.kill(signal), ended };
}

/** Runs `lomap` to its end. */
export function lomap(args: readonly string[], limit = LIMIT, environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return start(args, limit, environment).ended;
}

/** Waits until something is so, looking often. Throws what the process said if it ended before. */
export async function until(running: Running, holds: () => boolean): Promise<void> {
  const over = running.ended.then(() => true);
  while (!holds()) {
    if (await Promise.race([over, sleep(2, false)])) {
      const { code, stderr } = await running.ended;
      throw new Error(`lomap ended with ${code} before what was waited for:\n${stderr}`);
    }
  }
}
