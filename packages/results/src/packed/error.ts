import { ResultsError } from '../error.ts';

/** Something in a packed file that is not as `lomap pack` writes it: file, line where there is one, what, remedy. */
export function damaged(file: string, line: number | null, what: string, cause?: unknown): ResultsError {
  const where = line === null ? file : `${file}:${line}`;
  const remedy = `Restore the file from where it came (git restore -- ${file}); it is not edited by hand.`;
  return new ResultsError(`${where}: ${what} ${remedy}`, { cause });
}
