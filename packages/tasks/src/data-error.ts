/**
 * A fault in the user's data or in how it was asked for: an unknown task, a missing file, a malformed row. Its message
 * is complete (what is wrong, where, what was expected), so a command line shows it without a stack.
 */
export class DataError extends Error {
  override readonly name = 'DataError';
}
