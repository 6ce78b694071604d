import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, JsonError, parseJson, reasonOf } from '@lomap/files';
import { z } from 'zod';
import { ResultsError } from './error.ts';
import { writeFileWhole } from './files.ts';
import { describeIssues } from './issues.ts';
import { settingsSchema } from './schema/settings.ts';

/** What a sweep's trials cannot say themselves, beside their folders. */
export const ABOUT_FILE = 'about.json';

/** Far above any honest one. */
const LARGEST_BYTES = 64 * 1024 * 1024;

export const aboutSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /**
   * The settings, by key (`training.epochs`), whose difference between rows is what the sweep asks about. Rows that
   * differ in other settings than the methods' own are not compared.
   */
  question: z.array(z.string()),
  /** Trials whose loss or gradients were no longer finite: they have no result. */
  diverged: z.array(
    z.strictObject({ purpose: z.enum(['main', 'search']), settings: settingsSchema, error: z.string() }),
  ),
});

export type About = z.infer<typeof aboutSchema>;
export type DivergedTrial = About['diverged'][number];

export const NOTHING_ABOUT: About = { schemaVersion: 1, question: [], diverged: [] };

/**
 * Reads a sweep's about.json; what an empty one says if there is none.
 *
 * Throws a ResultsError that names the file and the key if it cannot be read or breaks the schema.
 */
export async function readAbout(directory: string): Promise<About> {
  const file = join(directory, ABOUT_FILE);
  let value: unknown;
  try {
    const { size } = await stat(file);
    if (size > LARGEST_BYTES) throw new ResultsError(`${file}: ${size} bytes; expected at most ${LARGEST_BYTES}.`);
    value = parseJson(await readFile(file), file);
  } catch (error) {
    if (error instanceof ResultsError) throw error;
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return NOTHING_ABOUT;
    const what = error instanceof JsonError ? error.message : `${file}: cannot be read: ${reasonOf(error)}.`;
    throw new ResultsError(`${what} Remove it; the next run of the sweep writes it again.`, { cause: error });
  }
  const checked = aboutSchema.safeParse(value);
  if (!checked.success) throw new ResultsError(`${file}: ${describeIssues(checked.error)}.`);
  return checked.data;
}

/** Writes a sweep's about.json whole, or removes it where there is nothing to say. */
export async function writeAbout(directory: string, about: About): Promise<void> {
  const file = join(directory, ABOUT_FILE);
  if (about.question.length === 0 && about.diverged.length === 0) return rm(file, { force: true });
  await writeFileWhole(file, `${JSON.stringify(aboutSchema.parse(about), null, 2)}\n`);
}
