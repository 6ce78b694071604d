/** Peak resident memory of this process, of one trial where the system allows (Linux). */
import { readFileSync, writeFileSync } from 'node:fs';

/** Starts a new peak: a worker runs one trial after another. */
export function resetPeakMemory(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Not Linux, or not allowed: the peak is the process's.
  }
}

/** Bytes, since the last reset where it worked, else since the process started. */
export function peakMemoryBytes(): number {
  try {
    const match = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (match) return Number(match[1]) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
