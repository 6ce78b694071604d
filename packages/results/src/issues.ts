import type { z } from 'zod';

const SHOWN = 5;

/** The first few problems of a value that failed its schema, each with its key: `trial.seed: expected number`. */
export function describeIssues(error: z.ZodError): string {
  const shown = error.issues.slice(0, SHOWN).map(({ path, message }) => {
    const key = path.map(String).join('.');
    return key === '' ? message : `${key}: ${message}`;
  });
  const rest = error.issues.length - shown.length;
  return shown.join('; ') + (rest > 0 ? `; and ${rest} more` : '');
}
