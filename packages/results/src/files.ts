import { failureOf, writeWhole } from '@lomap/files';
import { ResultsError } from './error.ts';

/** Writes a file whole or not at all, as `writeWhole` does. Throws a ResultsError that names the file and says what to do. */
export async function writeFileWhole(file: string, data: string | Uint8Array): Promise<void> {
  try {
    await writeWhole(file, data);
  } catch (error) {
    throw new ResultsError(`${file}: cannot be written: ${failureOf(error)}`, { cause: error });
  }
}
