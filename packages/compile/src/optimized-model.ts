import { readFileSync, rmSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import type { DeviceOptions } from './device.ts';
import { markUsed } from './forget-unused.ts';
import { hasModel, modelFile, storeModel } from './onnx/store-model.ts';
import type { SessionFiles } from './provider.ts';
import { readSealed, sha256, writeSealed } from './sealed-file.ts';

/** A model that has grown by more than this holds folded weights: reading them would cost what it saves. */
const GROWTH_LIMIT = 4 << 20;

type Create = (file: string, device: DeviceOptions, writes?: SessionFiles) => Promise<InferenceSession>;

let partials = 0;

/**
 * Opens a session on the cpu provider with the model as ONNX Runtime optimised it when it was opened first, which is two
 * fifths of the work. The operators and their constants are the same, so are the bits. Weights stay in their files.
 *
 * What was optimised belongs to ONNX Runtime's version, to the level and to the processor: another optimises anew.
 */
export async function openOptimized(
  model: string,
  directory: string,
  device: DeviceOptions,
  runtimeVersion: string,
  create: Create,
): Promise<InferenceSession> {
  const file = modelFile(model, directory);
  if (device.optimizationLevel === 'disabled') return create(file, device);
  const origin = [runtimeVersion, device.optimizationLevel, process.arch, cpus()[0]?.model];
  const entry = join(directory, `${model}-${sha256(JSON.stringify(origin)).slice(0, 16)}.json`);
  const known = find(entry, directory);
  if (known === 'none') return create(file, device);
  if (known !== null) {
    const done = { ...device, optimizationLevel: 'disabled' } as const;
    const session = await create(modelFile(known.name, directory), done).catch(() => null);
    if (session) return session;
  }
  const partial = `${entry}.${process.pid}.${partials++}`;
  try {
    const session = await create(file, device, { optimized: partial });
    keep(partial, statSync(file).size, entry, directory);
    return session;
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Keeps an optimised model, where it is not much larger than what it was made from. The session is open without it. */
function keep(optimized: string, before: number, entry: string, directory: string): void {
  try {
    const small = statSync(optimized).size <= before + GROWTH_LIMIT;
    writeSealed(entry, small ? { name: storeModel(readFileSync(optimized), directory) } : 'none');
  } catch {
    // A full disk, say: the next session optimises anew.
  }
}

/** What the entry names, if it and that are whole; 'none' for a model that is not worth keeping; null for nothing. */
function find(entry: string, directory: string): { readonly name: string } | 'none' | null {
  try {
    const known = readSealed(entry) as { readonly name: string } | 'none';
    markUsed(entry);
    return known === 'none' || hasModel(known.name, directory) ? known : null;
  } catch {
    return null;
  }
}
