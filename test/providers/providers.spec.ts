/** Devices other than the processor's, for real: 30 steps of LoMAP in processes of their own, against the cpu provider. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { needs, required } from '../needs/needs.ts';
import { lomap } from '../sweep/lomap.ts';
import { swiftShader } from './vulkan.ts';

const STEPS = 30;
/** Milliseconds for one device: a graphics card that the processor plays takes minutes on a busy one. */
const LIMIT = 600_000;

/** What `lomap doctor --json` says of a device. */
interface Diagnosis {
  readonly device: string;
  readonly works: boolean;
  readonly reason?: string;
  readonly engine?: string;
  readonly placement?: Record<string, number>;
  readonly losses?: number[];
  readonly difference?: { loss: number; parameters: number };
}

const folder = mkdtempSync(join(tmpdir(), 'lomap-providers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  if (!existsSync(fileURLToPath(new URL('../../packages/runner/dist/commands/doctor.js', import.meta.url)))) {
    throw new Error('The runner is not built: npx nx build @lomap/runner');
  }
});

async function diagnose(device: string, environment: NodeJS.ProcessEnv = {}): Promise<Diagnosis> {
  const flags = ['--device', device, '--steps', String(STEPS), '--limit', String(LIMIT / 1000), '--json'];
  const ended = await lomap(['doctor', ...flags], 2 * LIMIT, environment);
  expect(ended.stderr).toBe('');
  const { devices } = JSON.parse(ended.stdout) as { devices: Diagnosis[] };
  expect([devices.length, ended.code]).toEqual([1, devices[0]!.works ? 0 : 1]);
  return devices[0]!;
}

function expectSameTrajectory({ works, reason, losses, difference }: Diagnosis): void {
  expect({ works, reason }).toEqual({ works: true, reason: undefined });
  expect(losses).toHaveLength(STEPS);
  // It learns: the two batches' losses fall.
  expect(losses!.at(-1)! + losses!.at(-2)!).toBeLessThan(0.9 * (losses![0]! + losses![1]!));
  expect(difference!.loss).toBeLessThanOrEqual(1e-4);
  expect(difference!.parameters).toBeLessThanOrEqual(1e-4);
}

/** A test that is skipped where something is missing, in words, unless `.ci/run` says that it is there. */
function where(missing: string | null, what: string, name: string, run: () => Promise<void>): void {
  needs(missing, required(what)).test(name, run, 2 * LIMIT);
}

describe('webgpu', () => {
  const vulkan = swiftShader(folder);

  where('missing' in vulkan ? vulkan.missing : null, 'webgpu', `${STEPS} steps on SwiftShader`, async () => {
    const found = await diagnose('webgpu', 'environment' in vulkan ? vulkan.environment : {});
    expectSameTrajectory(found);
    expect(found.engine).toMatch(/^onnxruntime-node \S+, WebGpuExecutionProvider$/);
    const { WebGpuExecutionProvider: own = 0, ...others } = found.placement!;
    expect(own).toBeGreaterThan(4 * Object.values(others).reduce((sum, each) => sum + each, 0));
  });

  test('without a driver it is a reason and a remedy', async () => {
    const none = join(folder, 'none.json');
    const found = await diagnose('webgpu', { VK_DRIVER_FILES: none, VK_ICD_FILENAMES: none, XDG_RUNTIME_DIR: folder });
    expect(found.works).toBe(false);
    expect(found.reason).toMatch(/on webgpu.*libvulkan1.*Or use --device cpu\./s);
  });
});

const root = fileURLToPath(new URL('../..', import.meta.url));
const wasm = join(root, 'node_modules/@tensorflow/tfjs-backend-wasm/package.json');
const built = join(root, '.cache/lomap/backends/node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node');

describe('eager backends', () => {
  where(
    existsSync(wasm) ? null : 'no @tensorflow/tfjs-backend-wasm',
    'tfjs-wasm',
    `${STEPS} steps on tfjs-wasm`,
    async () => {
      const found = await diagnose('tfjs-wasm');
      expectSameTrajectory(found);
      expect(found.engine).toMatch(/^@tensorflow\/tfjs-backend-wasm \d/);
    },
  );

  where(
    existsSync(built) ? null : 'scripts/build-tfjs-node.sh was not run',
    'tfjs-node',
    `${STEPS} steps on tfjs-node`,
    async () => {
      const found = await diagnose('tfjs-node');
      expectSameTrajectory(found);
      expect(found.engine).toMatch(/^@tensorflow\/tfjs-node \d\S+, libtensorflow \d/);
    },
  );
});
