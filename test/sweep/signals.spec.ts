/**
 * Sweeps that are asked to end, whose terminal is closed, whose reader goes away: nothing is lost, the journal says what
 * happened, and the same command goes on. Needs the build.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { needs } from '../needs/needs.ts';
import { lomap, start, until, type Ended } from './lomap.ts';
import { checkpoints, trialBytes } from './outputs.ts';
import { writeTinyGlue } from './tiny-glue.ts';
import { writeTinyModel } from './tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-signals-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Enough that a signal sent after the first checkpoint comes before the last step, on a busy machine too. */
const STEPS = 1500;
/** Takes the tiny model some seconds. */
const DEV_ROWS = 20_000;
const bin = fileURLToPath(new URL('../../packages/runner/bin/lomap.js', import.meta.url));
const config = join(folder, 'signals.json');
const at = (...parts: string[]): string => join(folder, ...parts);
const sweep = (out: string): string[] => [
  'sweep',
  '--config',
  config,
  '--out',
  at(out),
  '--jobs',
  '1',
  '--threads',
  '1',
];

interface Event {
  readonly type: string;
  readonly state?: string;
  readonly outcome?: string;
  readonly attempt?: number;
}

const journal = (out: string): Event[] =>
  readFileSync(at(out, '.work', 'journal.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);

/** What the heartbeats of a sweep's trials say. */
function doing(out: string): string[] {
  const work = at(out, '.work');
  if (!existsSync(work)) return [];
  return readdirSync(work).flatMap((name) => {
    try {
      return [(JSON.parse(readFileSync(join(work, name, 'heartbeat.json'), 'utf8')) as { doing: string }).doing];
    } catch {
      return [];
    }
  });
}

function expectStopped(out: string): void {
  const events = journal(out);
  expect(events.filter(({ type }) => type === 'trial').at(-1)).toMatchObject({ state: 'interrupted', attempt: 1 });
  expect(events.at(-1)).toMatchObject({ type: 'ended', outcome: 'interrupted' });
  expect(checkpoints(at(out))).toHaveLength(1);
}

let whole: Ended;
beforeAll(async () => {
  const file = {
    ...{ name: 'signals', model: 'model', data: 'glue', tasks: ['mrpc'], methods: ['lora'], seeds: [1] },
    base: {
      method: { rank: 2 },
      training: { batchSize: 8, maxSteps: STEPS, maxLength: 32, dropout: 0 },
      selection: { fraction: 0.2 },
    },
  };
  writeFileSync(config, JSON.stringify(file));
  writeTinyGlue(at('glue'), DEV_ROWS);
  await writeTinyModel(at('model'));
  whole = await lomap(sweep('whole'));
});

test('the sweep that is stopped below ends well by itself', () => {
  expect([whole.code, whole.stderr]).toEqual([0, expect.stringContaining('Complete: 1 trials')]);
});

describe('a signal during training', () => {
  test.each(['SIGHUP', 'SIGUSR2', 'SIGQUIT'] as const)(
    '%s to the whole group, as a closed terminal sends it',
    async (name) => {
      const out = `group-${name}`;
      const running = start(sweep(out));
      await until(running, () => checkpoints(at(out)).length > 0);
      running.signalGroup(name);
      const { code, stderr } = await running.ended;
      expect([code, stderr]).toEqual([128 + constants.signals[name], expect.stringContaining(`${name}: stopping`)]);
      expect(stderr).toContain('To go on: npx lomap sweep');
      expect(stderr).not.toContain('    at ');
      expectStopped(out);
    },
  );

  test('SIGTERM to the runner alone: its worker stops too', async () => {
    const running = start(sweep('alone'));
    await until(running, () => checkpoints(at('alone')).length > 0);
    running.signal('SIGTERM');
    expect((await running.ended).code).toBe(143);
    expectStopped('alone');
  });
});

describe('Ctrl-C while dev is scored', () => {
  let stopped: Ended;
  let status: Ended;
  beforeAll(async () => {
    const running = start(sweep('scoring'));
    await until(running, () => doing('scoring').includes('scoring dev'));
    // Held while somebody looks: on a fast machine it would be over before.
    running.signalGroup('SIGSTOP');
    status = await lomap(['status', '--config', config, '--out', at('scoring')]);
    running.signalGroup('SIGCONT');
    running.signalGroup('SIGINT');
    stopped = await running.ended;
  });

  test('status says what the trial does', () => {
    expect(status.stdout).toMatch(/^ {2}running +mrpc-lora-s1-\w+ scoring dev: \d+ of 20000$/m);
  });

  test('is heard between two batches, with the checkpoint of the last step', () => {
    expect([stopped.code, stopped.stderr]).toEqual([130, expect.stringContaining('SIGINT: stopping')]);
    expectStopped('scoring');
    expect(Object.keys(trialBytes(at('scoring')))).toEqual([]);
  });

  test('the same command scores again without a training step, to the same bytes', async () => {
    const { code, stderr } = await lomap(sweep('scoring'));
    expect([code, stderr]).toEqual([0, expect.stringContaining(`Resumed at step ${STEPS} of ${STEPS}`)]);
    expect(stderr).not.toContain('on selection');
    expect(trialBytes(at('scoring'))).toEqual(trialBytes(at('whole')));
  });
});

/** Runs a line of bash in a session of its own. */
async function bash(line: string, during: (pid: number) => Promise<void> = async () => {}): Promise<Ended> {
  const child = spawn('bash', ['-c', line], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GIT_DIR: '/nowhere', NO_COLOR: '1', CI: undefined },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  await during(child.pid!);
  return { code: await ended, stdout, stderr };
}

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' ');
const command = (out: string): string => quoted([process.execPath, bin, ...sweep(out)]);

describe('a reader that goes away', () => {
  test.each([
    ['of standard output', '2>/dev/null'],
    ['of both', '2>&1'],
  ])('%s costs no trial and no exit code', async (what, redirect) => {
    const out = `reader-${what.length}`;
    const { stdout } = await bash(`set -o pipefail; ${command(out)} ${redirect} | head -1; echo "code $?"`);
    expect(stdout).toMatch(/code 0\n$/);
    expect(journal(out).at(-1)).toMatchObject({ outcome: 'complete' });
    expect(trialBytes(at(out))).toEqual(trialBytes(at('whole')));
  });
});

const withScript = needs(spawnSync('script', ['--version']).status === 0 ? null : 'no util-linux script');

describe('a terminal', () => {
  withScript.test('that is closed: the sweep stops with a checkpoint, the same command goes on', async () => {
    const typescript = at('closed.typescript');
    await bash(
      `script -qfec ${quoted([`stty cols 80 rows 24; ${command('closed')}; echo $? > ${at('code')}`])} ${typescript}`,
      async (pid) => {
        while (checkpoints(at('closed')).length === 0) await sleep(5);
        // With `script` the other end of the pseudo-terminal is gone: what a dropped ssh is to the session.
        const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
        process.kill(child ? Number(child) : pid, 'SIGKILL');
      },
    );
    while (journal('closed').at(-1)!.type !== 'ended') await sleep(20);
    expectStopped('closed');
    const again = await lomap(sweep('closed'));
    expect(again.code).toBe(0);
    expect(trialBytes(at('closed'))).toEqual(trialBytes(at('whole')));
  });
});
