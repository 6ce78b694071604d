import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/** Graphs of code, weights or settings that nobody comes back to. */
const KEPT_DAYS = 30;

/** Graphs and their entries, and what killed processes left half written of them. Weights stay: many graphs share them. */
const REMOVABLE = /\.(json|onnx)(\.\d+)*$/;

/** Notes that a file of the cache is in use. File systems may keep no times of reading. */
export function markUsed(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // A cache that may only be read is nobody's to clear.
  }
}

/**
 * Removes the graphs of a cache folder that were neither written nor used for 30 days. Every change of code leaves its own
 * behind, some hundred kilobytes each.
 */
export function forgetUnused(directory: string, now = Date.now()): void {
  for (const name of readdirSync(directory)) {
    if (!REMOVABLE.test(name)) continue;
    const file = join(directory, name);
    const { mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: now };
    if (now - mtimeMs > KEPT_DAYS * 24 * 3600 * 1000) rmSync(file, { force: true });
  }
}
