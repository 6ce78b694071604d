/** What a site says of itself: which executor runs trials there, and how. Nothing of it is in a trial's identity. */
import { z } from 'zod';
import { readConfigFile } from './read-sweep.ts';

const siteSchema = z.strictObject({
  /** Modules that register executors, seen from the file. */
  plugins: z.array(z.string().min(1)).optional(),
  /** The executor that --executor would name, and its own settings. */
  executor: z.looseObject({ name: z.string() }).optional(),
});

export interface Site {
  readonly plugins: readonly string[];
  readonly executor: { readonly name: string; readonly options: Readonly<Record<string, unknown>> } | null;
}

const NOWHERE: Site = { plugins: [], executor: null };

/** @param path null: a site that says nothing. @throws UsageError for a file that is no such file, with every problem. */
export function readSite(path: string | null): Site {
  if (path === null) return NOWHERE;
  const { plugins = [], executor } = readConfigFile(path, 'site file', siteSchema);
  if (!executor) return { plugins, executor: null };
  const { name, ...options } = executor;
  return { plugins, executor: { name, options } };
}
