/** One probe in a process of its own: a provider that crashes or hangs takes nobody down. */
import { fork } from 'node:child_process';
import { z } from 'zod';
import type { ProbeRequest, ProbeResult } from './doctor-probe.ts';

/** How a probe ended. */
export type ProbeOutcome = { readonly result: ProbeResult } | { readonly reason: string };

const numbers = z.array(z.number());
const answerSchema = z.union([
  z.strictObject({
    result: z.strictObject({
      engine: z.string(),
      placement: z.record(z.string(), z.number()),
      startSeconds: z.number(),
      msPerStep: z.number(),
      losses: numbers,
      parameters: numbers,
    }),
  }),
  z.strictObject({ reason: z.string() }),
]);

/** Starts `entry` with `args`, which answers one request over its IPC channel. Never rejects. */
export function runProbe(
  entry: string,
  args: readonly string[],
  request: ProbeRequest,
  timeoutSeconds: number,
): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const child = fork(entry, args, { silent: true, execArgv: ['--no-warnings'] });
    let said = '';
    let late = false;
    let answer: ProbeOutcome | null = null;
    const hear = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-4000);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutSeconds * 1000);
    child.on('message', (message) => {
      const parsed = answerSchema.safeParse(message);
      answer ??= parsed.success ? parsed.data : { reason: 'The test process gave no understandable answer.' };
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ reason: `The test process could not be started: ${error.message}` });
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
      const last = said.trim().split('\n').at(-1) ?? '';
      const words = last === '' ? '' : ` Its last words: ${last.slice(0, 300)}`;
      const died = late
        ? `The test process gave no answer in ${timeoutSeconds} s.${words}`
        : `The test process ${how} without an answer.${words}`;
      resolve(answer ?? { reason: died });
    });
    child.send(request, () => {});
  });
}
