/** What a checkpoint's files are: their hash and whether their weights are numbers, found out once for each file. */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseJson, reasonOf } from '@lomap/files';
import { z } from 'zod';
import { writeAtomically } from '../files.ts';
import { ModelError } from '../model-error.ts';
import { nonFiniteTensors } from '../safetensors/finite.ts';
import type { CheckpointFolder } from './folder.ts';

const examinedSchema = z.object({
  /** SHA-256 of the files with tensors, by name, followed by config.json, in hex: `cat model*.safetensors config.json | sha256sum`. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The tensors with NaN or infinities. */
  broken: z.array(
    z.object({
      name: z.string(),
      count: z.int().positive(),
      first: z.int().nonnegative(),
      value: z.enum(['NaN', 'Infinity', '-Infinity']),
    }),
  ),
});
/** What reading the whole of a checkpoint's files tells. */
export type Examined = z.infer<typeof examinedSchema>;

const recordSchema = examinedSchema.extend({ version: z.literal(1), files: z.array(z.string()) });

/**
 * Reads the files through, or takes what an earlier process wrote into `cacheDirectory/examined` while they are the same
 * files: device, inode, size, and the nanoseconds of the last change of content and of status (which no program can set).
 * As in git's index, files that changed in the last two seconds are not remembered: a clock is not finer than some
 * milliseconds everywhere.
 *
 * @throws ModelError when a file cannot be read.
 */
export async function examine(
  folder: CheckpointFolder,
  cacheDirectory: string,
  now: () => number = Date.now,
): Promise<Examined> {
  const paths = [...folder.weights.files, folder.configPath];
  const before = paths.map(markOf);
  const name = createHash('sha256')
    .update(paths.map((path) => resolve(path)).join('\n'))
    .digest('hex');
  const record = join(resolve(cacheDirectory), 'examined', `${name}.json`);
  const files = before.map(({ mark }) => mark);
  const known = readRecord(record);
  if (known && known.files.join('\n') === files.join('\n')) return known;

  const examined: Examined = { sha256: await hash(paths), broken: nonFiniteTensors(folder.weights) };
  const settled = before.every(({ changed }) => now() - changed > 2000);
  if (settled && paths.every((path, i) => markOf(path).mark === files[i])) {
    const json = JSON.stringify({ version: 1, files, ...examined });
    // Without it the next opening takes as long as this one.
    await writeAtomically(record, [new TextEncoder().encode(json)]).catch(() => undefined);
  }
  return examined;
}

/** What tells a file from its earlier selves, and when it last changed, in milliseconds since 1970. */
function markOf(path: string): { mark: string; changed: number } {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return { mark: [dev, ino, size, mtimeNs, ctimeNs].join(' '), changed: Number(ctimeNs / 1_000_000n) };
  } catch (error) {
    throw new ModelError(`${path} cannot be read: ${reasonOf(error)}.`);
  }
}

function readRecord(file: string): z.infer<typeof recordSchema> | null {
  try {
    return recordSchema.parse(parseJson(readFileSync(file), file));
  } catch {
    return null; // None, or one that a crash or another version left.
  }
}

async function hash(paths: readonly string[]): Promise<string> {
  const sum = createHash('sha256');
  for (const path of paths) {
    try {
      await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) sum.update(chunk);
      });
    } catch (error) {
      throw new ModelError(`${path} cannot be read: ${reasonOf(error)}.`);
    }
  }
  return sum.digest('hex');
}
