import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { textOf } from './packed/folder.ts';
import type { ReadResults } from './reader.ts';
import type { Trial } from './schema/trial.ts';
import { PREDICTIONS_FILE } from './writer.ts';

/**
 * What is wrong with the bytes of a predictions.csv that a result has recorded, as the end of a sentence about the file;
 * null if they are the recorded ones.
 */
export function recordedDamage(text: Buffer, { rows, sha256 }: NonNullable<Trial['predictions']>): string | null {
  if (createHash('sha256').update(text).digest('hex') === sha256) return null;
  const found = Math.max(0, text.toString('latin1').split('\n').length - 2);
  return found === rows ? 'is not the file that it was written with' : `has ${found} whole rows of ${rows}`;
}

/**
 * The results without those whose recorded predictions.csv is missing or another: each is a problem instead. Packed
 * trials carry hashes of their own, and older results recorded none.
 */
export async function withoutDamaged(read: ReadResults): Promise<ReadResults> {
  const results: ReadResults['results'] = [];
  const problems = [...read.problems];
  for (const result of read.results) {
    const { id, predictions } = result.trial;
    const file = read.files.get(id);
    if (file === undefined || predictions === undefined) {
      results.push(result);
      continue;
    }
    const text = await textOf(join(dirname(file), PREDICTIONS_FILE));
    const damage = text === null ? 'is missing' : recordedDamage(Buffer.from(text), predictions);
    if (damage === null) results.push(result);
    else
      problems.push(`${file}: ${PREDICTIONS_FILE} beside it ${damage}, so the trial is left out. Run the sweep again.`);
  }
  return { ...read, results, problems };
}
