/** Reads the files of LLM-Adapters' data folder: a task's splits, and the training mixture of all eight. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson, reasonOf } from '@lomap/files';
import { DataError } from './data-error.ts';
import { readQuestion, type Question } from './question.ts';
import type { CommonsenseTask, SplitName } from './tasks.ts';

/** The training mixture, in the data folder itself. LLM-Adapters has it in `ft-training_set`. */
export const MIXTURE = 'commonsense_170k.json';

/** The most bytes of one file. The mixture has about a hundred million. */
const MAXIMUM_BYTES = 2 ** 29;

/** The path of a split below the data folder: `ARC-Easy/test.json`. */
export function splitFile(task: CommonsenseTask, split: SplitName): string {
  return `${task.folder}/${split}.json`;
}

/**
 * The questions of a task's split, in the file's order.
 *
 * @throws DataError naming the file, the row (counted from 0) and what was expected.
 */
export async function loadSplit(task: CommonsenseTask, folder: string, split: SplitName): Promise<Question[]> {
  const file = splitFile(task, split);
  const questions = await loadFile(
    folder,
    file,
    `${task.title} is read from ${splitFile(task, 'train')} and ${splitFile(task, 'test')} of the data folder, in the ` +
      `layout of LLM-Adapters' dataset folder.`,
  );
  const [fewest, most] = task.choices;
  for (const { index, form, choices } of questions) {
    const place = `${join(folder, file)}, row ${index}`;
    if (form !== task.form) {
      throw new DataError(
        `${place}: expected an instruction of ${task.title}, found one with the choices of "${form}".`,
      );
    }
    if (choices.length < fewest || choices.length > most) {
      const expected = fewest === most ? fewest : `${fewest} to ${most}`;
      throw new DataError(`${place}: expected ${expected} choices of ${task.title}, found ${choices.length}.`);
    }
  }
  return questions;
}

/**
 * The questions of `commonsense_170k.json`, in the file's order. A row says no task there, but its form.
 *
 * @throws DataError as `loadSplit` does.
 */
export async function loadMixture(folder: string): Promise<Question[]> {
  return loadFile(folder, MIXTURE, `The mixture is the file ${MIXTURE} of LLM-Adapters' ft-training_set, put there.`);
}

async function loadFile(folder: string, name: string, expected: string): Promise<Question[]> {
  const file = join(folder, name);
  const bytes = await readDataFile(file, expected);
  let rows: unknown;
  try {
    rows = parseJson(bytes, file);
  } catch (error) {
    throw new DataError((error as Error).message, { cause: error });
  }
  if (!Array.isArray(rows) || rows.length === 0) {
    throw new DataError(`${file}: expected a list of rows { instruction, input, output, answer }. ${expected}`);
  }
  return rows.map((row, index) => readQuestion(row, index, `${file}, row ${index}`));
}

async function readDataFile(file: string, expected: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > MAXIMUM_BYTES) {
      throw new DataError(`${file} has ${size} bytes, but no file of LLM-Adapters has more than ${MAXIMUM_BYTES}.`);
    }
    return await readFile(file);
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`Cannot read ${file}: ${reasonOf(error)}. ${expected}`, { cause: error });
  }
}

/**
 * SHA-256 (hex) over files of the data folder, in the order given: of each its name, its length in bytes and its bytes.
 *
 * @param marks what else makes other data of the same files, such as `winogrande: without copies`.
 * @throws DataError if a file is missing.
 */
export async function dataSha256(
  folder: string,
  names: readonly string[],
  marks: readonly string[] = [],
): Promise<string> {
  const hash = createHash('sha256');
  for (const name of names) {
    const bytes = await readDataFile(join(folder, name), '');
    hash.update(`${name}\n${bytes.length}\n`).update(bytes);
  }
  for (const mark of marks) hash.update(`${mark}\n`);
  return hash.digest('hex');
}
