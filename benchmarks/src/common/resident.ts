/** The resident memory of another process, watched while it runs. */
import { readFileSync } from 'node:fs';

/** In bytes; what the system does not say is 0. */
export interface Resident {
  /** Pages that are the process's own. */
  readonly own: number;
  /** Pages of mapped files, which the system may take back, and which processes share. */
  readonly mapped: number;
}

export interface Watch {
  /** The most of each since the start, or since `forget`. */
  peak(): Resident;
  forget(): void;
  stop(): void;
}

const INTERVAL_MS = 20;

/** Looks at `/proc/<pid>/status` fifty times a second: the peaks of shorter bursts are not seen. */
export function residentOf(pid: number | undefined): Watch {
  let [own, mapped] = [0, 0];
  const look = (): void => {
    const now = pid === undefined ? null : statusOf(pid);
    own = Math.max(own, now?.own ?? 0);
    mapped = Math.max(mapped, now?.mapped ?? 0);
  };
  const timer = setInterval(look, INTERVAL_MS);
  return {
    peak: () => {
      look();
      return { own, mapped };
    },
    forget: () => {
      [own, mapped] = [0, 0];
    },
    stop: () => clearInterval(timer),
  };
}

function statusOf(pid: number): Resident | null {
  try {
    return parseStatus(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return null; // It has ended, or this system has no /proc.
  }
}

/** The kilobytes in the text of `/proc/<pid>/status`, as bytes. */
export function parseStatus(text: string): Resident {
  const bytes = (key: string): number => 1024 * Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0);
  return { own: bytes('RssAnon'), mapped: bytes('RssFile') };
}
