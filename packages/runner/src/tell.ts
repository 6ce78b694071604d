import { FailureError, UsageError, exitCodes, explainSystemError } from './errors.ts';

/** One message on stderr, and the exit code that goes with it. A stack only for what nobody foresaw. */
export function tell(error: unknown): number {
  const usage = error instanceof UsageError || (error instanceof Error && error.name === 'YError');
  if (usage || error instanceof FailureError) {
    console.error(`lomap: ${error.message}`);
    const hint = 'hint' in error ? error.hint : null;
    if (typeof hint === 'string') console.error(hint);
    return usage ? exitCodes.usage : exitCodes.failure;
  }
  const system = explainSystemError(error);
  if (system) {
    console.error(`lomap: ${system.message}`);
    if (system.hint !== null) console.error(system.hint);
    return exitCodes.failure;
  }
  console.error(error);
  return exitCodes.failure;
}
