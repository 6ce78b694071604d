import { readFileSync, rmSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import type { DeviceOptions } from './device.ts';
import { markUsed } from './forget-unused.ts';
import { attachWeights } from './onnx/attach-weights.ts';
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
  const entry = entryOf(model, directory, device, runtimeVersion);
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
    keep(partial, file, entry, directory);
    return session;
  } finally {
    rmSync(partial, { force: true });
  }
}

/**
 * Opens a session on the cpu provider whose weights of 16 bits stay mapped. The model is optimised without them, which takes
 * little memory; then they and their casts are put before its nodes, and it is opened as it stands: optimised with them it
 * would hold float32 copies of all (measured: docs/memory.md). What was optimised is kept as above.
 */
export async function openAttached(
  { model, attached, ordered }: { readonly model: string; readonly attached: string; readonly ordered: boolean },
  directory: string,
  device: DeviceOptions,
  runtimeVersion: string,
  create: Create,
): Promise<InferenceSession> {
  const done = { ...device, optimizationLevel: 'disabled' } as const;
  const file = modelFile(model, directory);
  const open = (name: string): Promise<InferenceSession> => create(modelFile(name, directory), done);
  const asWritten = (): Promise<InferenceSession> => open(attachWeights(readFileSync(file), attached, directory));
  if (device.optimizationLevel === 'disabled') return asWritten();
  const entry = entryOf(`${model}-${attached}`, directory, device, runtimeVersion);
  const known = find(entry, directory);
  if (known === 'none') return asWritten();
  if (known !== null) {
    const session = await open(known.name).catch(() => null);
    if (session) return session;
  }
  const partial = `${entry}.${process.pid}.${partials++}`;
  try {
    const without = await create(file, device, { optimized: partial });
    await without.release();
    if (!isSmall(partial, file)) {
      writeSealed(entry, 'none');
      return await asWritten();
    }
    const order = ordered ? readFileSync(file) : undefined;
    const name = attachWeights(readFileSync(partial), attached, directory, order);
    writeSealed(entry, { name });
    return await open(name);
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Where it is written what a model was optimised to by this version, level and processor. */
function entryOf(name: string, directory: string, device: DeviceOptions, runtimeVersion: string): string {
  const origin = [runtimeVersion, device.optimizationLevel, process.arch, cpus()[0]?.model];
  return join(directory, `${name}-${sha256(JSON.stringify(origin)).slice(0, 16)}.json`);
}

function isSmall(optimized: string, original: string): boolean {
  return statSync(optimized).size <= statSync(original).size + GROWTH_LIMIT;
}

/** Keeps an optimised model, where it is not much larger than what it was made from. The session is open without it. */
function keep(optimized: string, original: string, entry: string, directory: string): void {
  try {
    writeSealed(
      entry,
      isSmall(optimized, original) ? { name: storeModel(readFileSync(optimized), directory) } : 'none',
    );
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
