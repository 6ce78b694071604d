import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Graphs of code, weights or settings that nobody comes back to. */
const KEPT_DAYS = 30;

/**
 * Removes the graphs of a cache folder that were neither written nor read for 30 days. Every change of code leaves its own
 * behind, some hundred kilobytes each. Where a file system keeps no times of reading, a graph in use is made anew once a month.
 */
export function forgetUnread(directory: string, now = Date.now()): void {
  for (const name of readdirSync(directory)) {
    // Weights (`place-weights.ts`) are links: they take no room while their model is there.
    if (!/\.(json|onnx)$/.test(name)) continue;
    const file = join(directory, name);
    const { atimeMs, mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { atimeMs: now, mtimeMs: now };
    if (now - Math.max(atimeMs, mtimeMs) > KEPT_DAYS * 24 * 3600 * 1000) rmSync(file, { force: true });
  }
}
