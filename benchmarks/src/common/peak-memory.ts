import { readFileSync } from 'node:fs';

/** The largest resident set of this process so far, in bytes; mapped files count. */
export function peakMemoryBytes(): number {
  try {
    // VmHWM is this program's; ru_maxrss survives exec and could be the parent's.
    const match = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (match) return Number(match[1]) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
