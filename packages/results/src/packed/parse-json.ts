import { damaged } from './error.ts';

/** The value of JSON text. Throws a ResultsError that names file and line if it is not JSON. */
export function parseJson(text: string, file: string, line: number | null): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(file, line, `not JSON: ${error instanceof Error ? error.message : String(error)}.`, error);
  }
}
