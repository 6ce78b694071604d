/**
 * Which predictions were found whole, with the size and time of their files, in the work folder: a thousand trials are
 * then a thousand looks at a folder instead of a thousand files read.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import type { Seen } from './damage.ts';
import { writeJson } from './json-file.ts';
import type { SweepPaths } from './layout.ts';

const seenSchema = z.record(z.string(), z.string());

export interface KeptSeen extends Seen {
  /** Writes down what was added; for the runner that holds the sweep. */
  save(): void;
}

/** What earlier starts found whole; nothing where there is no such file, or none that can be read. */
export function seenOf({ work, results }: Pick<SweepPaths, 'work' | 'results'>): KeptSeen {
  const path = join(work, 'checked.json');
  const states = new Map(Object.entries(read(path)));
  const nameOf = (file: string): string => relative(results, dirname(file));
  let changed = false;
  return {
    has: (file, state) => states.get(nameOf(file)) === state,
    add(file, state) {
      states.set(nameOf(file), state);
      changed = true;
    },
    save() {
      if (changed) writeJson(path, Object.fromEntries(states));
      changed = false;
    },
  };
}

function read(path: string): Record<string, string> {
  try {
    return seenSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return {};
  }
}
