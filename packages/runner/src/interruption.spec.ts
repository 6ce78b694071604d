/** Real signals to a real process: the built `interruption.js` in a program that works until it is stopped. */
import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import { endingSignals, Interruption, interruptedCode, startedByNohup, stopOnSignals } from './interruption.ts';

/** Longer than a signal is an echo. */
const ECHO = 1_200;

const built = fileURLToPath(new URL('../dist/interruption.js', import.meta.url));

/** Says what it hears; once stopped it works on for as long as it is told, and ends with the code of its signal. */
const program = (more: number): string => `
import { interruptedCode, stopOnSignals } from ${JSON.stringify(built)};
const { signal } = stopOnSignals((text) => console.log(text), () => console.log('killed'));
setInterval(() => {}, 1000);
console.log('ready');
signal.addEventListener('abort', () => setTimeout(() => process.exit(interruptedCode(signal)), ${more}));
`;

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

interface Program {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly hears: (text: string) => Promise<void>;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

async function start(more = 0, environment: NodeJS.ProcessEnv = {}): Promise<Program> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program(more)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  started.push(child);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const hears = async (text: string): Promise<void> => {
    while (!said.includes(text)) await sleep(5);
  };
  await hears('ready');
  return { child, said: () => said, hears, ended };
}

describe('a signal that asks a program to end', () => {
  test.each(endingSignals)('%s stops it, and is its exit code', async (name) => {
    const { child, said, ended } = await start();
    child.kill(name);
    expect(await ended).toEqual({ code: 128 + constants.signals[name], signal: null });
    expect(said()).toContain(`${name}: stopping at the next step, with a checkpoint.`);
  });

  test('every signal of this system is answered, left to Node or to profilers, or that of a fault', () => {
    const left = ['SIGUSR1', 'SIGPROF', 'SIGPIPE', 'SIGXFSZ', 'SIGKILL', 'SIGSTOP'];
    const faults = ['SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGIOT', 'SIGBUS', 'SIGFPE', 'SIGSEGV', 'SIGSYS', 'SIGEMT'];
    const ignored = ['SIGCHLD', 'SIGCONT', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGURG', 'SIGWINCH', 'SIGINFO', 'SIGLOST'];
    const sameNumber = Object.entries(constants.signals).filter(([name, number]) =>
      endingSignals.some((other) => other !== name && constants.signals[other] === number),
    );
    const known = new Set<string>([
      ...endingSignals,
      ...left,
      ...faults,
      ...ignored,
      ...sameNumber.map(([name]) => name),
    ]);
    expect(Object.keys(constants.signals).filter((name) => !known.has(name))).toEqual([]);
  });

  test('a second one of a person’s ends at once; what arrives with the first is its echo', async () => {
    const { child, said, hears, ended } = await start(60_000);
    child.kill('SIGINT');
    await hears('SIGINT: stopping');
    child.kill('SIGINT');
    await sleep(ECHO);
    expect(said()).not.toContain('killed');
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 143, signal: null });
    expect(said()).toMatch(/killed\n$/);
  });

  test('a terminal’s second SIGHUP and a limit’s second SIGXCPU are not a person’s', async () => {
    const { child, hears, ended } = await start(3_000);
    child.kill('SIGHUP');
    await hears('SIGHUP: stopping');
    await sleep(ECHO);
    child.kill('SIGHUP');
    child.kill('SIGXCPU');
    expect(await ended).toEqual({ code: 129, signal: null });
  });

  test('under nohup a closed terminal changes nothing, and every other signal stops', async () => {
    const { child, said, ended } = await start(0, { _: '/usr/bin/nohup' });
    child.kill('SIGHUP');
    await sleep(200);
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 143, signal: null });
    expect(said()).not.toContain('SIGHUP');
    expect([startedByNohup({}), startedByNohup({ _: '/usr/bin/node' })]).toEqual([false, false]);
  });
});

test('nothing is heard after dispose, and a run stopped by something else than a signal ends with 130', () => {
  const before = endingSignals.map((name) => process.listenerCount(name));
  const { dispose } = stopOnSignals(() => {});
  expect(endingSignals.map((name) => process.listenerCount(name))).toEqual(before.map((count) => count + 1));
  dispose();
  expect(endingSignals.map((name) => process.listenerCount(name))).toEqual(before);
  expect(interruptedCode(AbortSignal.abort())).toBe(130);
  expect(interruptedCode(AbortSignal.abort(new Interruption('SIGHUP')))).toBe(129);
});
