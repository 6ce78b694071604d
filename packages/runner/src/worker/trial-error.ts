import { messageOf, systemCode } from '../errors.ts';
import type { TrialError } from './messages.ts';

/** Any thrown value as what crosses the IPC channel. */
export function trialError(error: unknown): TrialError {
  return {
    name: error instanceof Error ? error.name : 'Error',
    message: messageOf(error),
    stack: error instanceof Error ? (error.stack ?? null) : null,
    code: systemCode(error) ?? (error instanceof Error && error.cause !== undefined ? systemCode(error.cause) : null),
  };
}
