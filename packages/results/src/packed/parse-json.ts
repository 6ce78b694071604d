import { JsonError, parseJson as parseStrictly } from '@lomap/files';
import { damaged } from './error.ts';

/** The value of JSON text. Throws a ResultsError that names file and line if it is not JSON, or a key occurs twice. */
export function parseJson(text: string, file: string, line: number | null): unknown {
  try {
    return parseStrictly(text, file);
  } catch (error) {
    throw error instanceof JsonError ? damaged(file, line, error.problems.join(' '), error) : error;
  }
}
