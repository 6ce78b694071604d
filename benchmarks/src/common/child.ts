import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A child process that answers one JSON line with one JSON line. */
export interface Child {
  /** Its process's number; undefined where it did not start. */
  readonly pid: number | undefined;
  /** @throws ChildError when the child answers with an error, or ends. */
  ask(request: unknown): Promise<unknown>;
  /** Ends the child; it ends by itself when this process does, as its input closes. */
  end(): Promise<void>;
}

/** What went wrong in a child, in its own words. */
export class ChildError extends Error {
  override name = 'ChildError';
}

/** Lines of stderr kept for an error message. */
const KEPT_LINES = 20;

/**
 * Starts a program. Its stderr is kept for error messages and otherwise swallowed; of its stdout only lines that are
 * JSON objects count, as libraries may print.
 */
export function startChild(command: string, args: readonly string[], environment: Record<string, string> = {}): Child {
  const child = spawn(command, [...args], { env: { ...process.env, ...environment }, stdio: 'pipe' });
  const said: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    said.push(line);
    if (said.length > KEPT_LINES) said.shift();
  });
  const answers = answersOf(child, () => said.join('\n'));
  return {
    pid: child.pid,
    async ask(request) {
      const answer = answers.next();
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const message = await answer;
      if (isError(message)) throw new ChildError(message.message);
      return message;
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
      child.stdin.end();
      await closed;
    },
  };
}

function answersOf(child: ChildProcessWithoutNullStreams, stderr: () => string): { next(): Promise<unknown> } {
  let waiting: { resolve(answer: unknown): void; reject(error: Error): void } | null = null;
  let ended: ChildError | null = null;
  const end = (reason: string): void => {
    ended ??= new ChildError([reason, stderr()].filter(Boolean).join('\n'));
    waiting?.reject(ended);
    waiting = null;
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (!line.startsWith('{')) return;
    waiting?.resolve(JSON.parse(line));
    waiting = null;
  });
  child.on('error', (error) => end(error.message));
  child.on('close', (code, signal) => end(`The child process ended (${signal ?? `exit code ${code}`}).`));
  // Writing to a child that has just ended: 'close' tells what happened.
  child.stdin.on('error', () => {});
  return {
    next: () =>
      new Promise((resolve, reject) => {
        if (ended) reject(ended);
        else waiting = { resolve, reject };
      }),
  };
}

function isError(message: unknown): message is { message: string } {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'error';
}
