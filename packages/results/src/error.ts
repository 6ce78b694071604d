/** A result that cannot be read or written. The message names the file, what is wrong and what to do. */
export class ResultsError extends Error {
  override readonly name = 'ResultsError';
}
