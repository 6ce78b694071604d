import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { DEVICE_NAMES } from '@lomap/compile';
import { UsageError } from '../errors.ts';
import { runProbe } from './doctor-child.ts';
import { probe, type ProbeRequest, type ProbeResult } from './doctor-probe.ts';
import { doctorCommand, type Prober } from './doctor.ts';

const result: ProbeResult = {
  engine: 'library 1.0',
  placement: {},
  startSeconds: 0.5,
  msPerStep: 1.25,
  losses: [0.7, 0.6],
  parameters: [3, 4],
};

/** Answers of devices; the rest is not there. */
const answering = (answers: Record<string, Partial<ProbeResult>>): Prober & { asked: ProbeRequest[] } => {
  const asked: ProbeRequest[] = [];
  const prober: Prober = async (request) => {
    asked.push(request);
    const answer = answers[request.device];
    return answer ? { result: { ...result, ...answer } } : { reason: `no ${request.device} here` };
  };
  return Object.assign(prober, { asked });
};

describe('lomap doctor', () => {
  test('tests every device once and says what works, how fast, and what the rest needs', async () => {
    const placement = { WebGpuExecutionProvider: 90, CPUExecutionProvider: 10 };
    const prober = answering({ cpu: {}, webgpu: { placement, msPerStep: 20, parameters: [3, 4.00025] } });
    const { text, code } = await doctorCommand({ json: false }, prober);
    expect(code).toBe(0);
    expect(prober.asked).toEqual(DEVICE_NAMES.map((device) => ({ device, threads: 1, steps: 10 })));
    const lines = text.split('\n').map((line) => line.split(/ {2,}/));
    expect(lines[2]).toEqual(['device', 'works', 'ms/step', 'start s', 'loss, weights against cpu', 'computed by']);
    expect(lines[3]).toEqual(['cpu', 'yes', '1.25', '0.5', 'library 1.0']);
    // ‖(0, .00025)‖ / ‖(3, 4)‖
    expect(lines[4]).toEqual(['webgpu', 'yes', '20.0', '0.5', '0e+0, 5e-5', 'library 1.0 (90 of 100 operators)']);
    expect(lines[5]).toEqual(['cuda', 'no']);
    expect(text).toMatch(/^cuda: no cuda here\n {2}It needs .*CUDA 12.*docs\/devices\.md/m);
    expect(text).toMatch(/^tfjs-node: no tfjs-node here\n {2}It needs scripts\/build-tfjs-node\.sh/m);
  });

  test('a device that computes something else does not work', async () => {
    const wrong = answering({ cpu: {}, webgpu: { losses: [0.7, 0.61] }, cuda: { losses: [0.7, NaN] } });
    const { text, code } = await doctorCommand({ json: true, device: 'webgpu,cuda' }, wrong);
    expect(code).toBe(1);
    const { devices } = JSON.parse(text) as { devices: { device: string; works: boolean; reason: string }[] };
    expect(devices.map(({ device, works }) => [device, works])).toEqual([
      ['webgpu', false],
      ['cuda', false],
    ]);
    expect(devices[0]!.reason).toBe('It runs, and computes something else than cpu (relative difference 0.017).');
  });

  test('the exit code is about the devices that were asked for', async () => {
    expect((await doctorCommand({ json: true }, answering({ webgpu: {} }))).code).toBe(1);
    expect((await doctorCommand({ json: true, device: 'webgpu' }, answering({ cpu: {}, webgpu: {} }))).code).toBe(0);
    expect((await doctorCommand({ json: true, device: 'cuda' }, answering({ cpu: {} }))).code).toBe(1);
  });

  test.each([
    [{ device: 'webgpuu' }, /there is no device "webgpuu"\. Did you mean "?webgpu"?/],
    [{ steps: 0 }, /--steps 0: expected a whole number/],
    [{ threads: NaN }, /--threads: expected a whole number/],
  ])('%j is wrong usage', async (args, message) => {
    const asked = doctorCommand({ json: false, ...args }, answering({ cpu: {} }));
    await expect(asked).rejects.toThrow(UsageError);
    await expect(asked).rejects.toThrow(message);
  });
});

describe('a probe in a process of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lomap-doctor-spec-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const request: ProbeRequest = { device: 'cpu', threads: 1, steps: 1 };
  const run = (code: string, seconds = 20): ReturnType<typeof runProbe> => {
    const entry = join(folder, `${Math.random()}.mjs`);
    writeFileSync(entry, `process.on('message', (request) => { ${code} });`);
    return runProbe(entry, [], request, seconds);
  };

  test('its answer', async () => {
    const losses = `[request.steps, request.threads]`;
    const answer = `{ result: { ...${JSON.stringify(result)}, losses: ${losses} } }`;
    expect(await run(`process.send(${answer}, () => process.exit(0))`)).toEqual({
      result: { ...result, losses: [1, 1] },
    });
    expect(await run(`process.send({ reason: 'none' }, () => process.exit(0))`)).toEqual({ reason: 'none' });
  });

  test('a crash, an exit, nonsense and a hang are reasons', async () => {
    expect(await run(`console.error('driver lost'); process.kill(process.pid, 'SIGSEGV')`)).toEqual({
      reason: expect.stringMatching(/was ended by SIGSEGV without an answer\. Its last words: driver lost/),
    });
    expect(await run('process.exit(3)')).toEqual({ reason: expect.stringContaining('exited with code 3') });
    expect(await run(`process.send({ fine: true }, () => process.exit(0))`)).toEqual({
      reason: expect.stringContaining('no understandable answer'),
    });
    expect(await run('setInterval(() => {}, 1000)', 0.5)).toEqual({ reason: expect.stringContaining('in 0.5 s') });
  });
});

test('the probe trains: compiled and eager agree', async () => {
  const [compiled, eager] = [
    await probe({ device: 'cpu', threads: 1, steps: 4 }),
    await probe({ device: 'tfjs-cpu', threads: 1, steps: 4 }),
  ];
  expect(compiled.engine).toMatch(/^onnxruntime-node \d/);
  expect(eager.engine).toMatch(/^@tensorflow\/tfjs \d/);
  const loss = Math.max(...compiled.losses.map((loss, k) => Math.abs(loss - eager.losses[k]!)));
  expect(loss).toBeLessThan(1e-5);
  compiled.parameters.forEach((value, i) => expect(Math.abs(value - eager.parameters[i]!)).toBeLessThan(1e-4));
});

test('its loss falls', async () => {
  const { losses } = await probe({ device: 'cpu', threads: 1, steps: 30 });
  expect(losses.at(-1)! + losses.at(-2)!).toBeLessThan(0.9 * (losses[0]! + losses[1]!));
});
