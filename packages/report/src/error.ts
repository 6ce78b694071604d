/** A report that cannot be made. The message says what was looked for, where, and what to do. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
}
