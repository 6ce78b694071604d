import { codeOf, reasonOf } from '@lomap/files';

/** What the command line exits with. */
export const exitCodes = { ok: 0, failure: 1, usage: 2, interrupted: 130 } as const;

/** The command, a flag or a file that the user wrote is wrong. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** What to do about it, printed on a line of its own. */
  readonly hint: string | null;
  constructor(message: string, hint: string | null = null) {
    super(message);
    this.hint = hint;
  }
}

/** Something outside the command failed: a file, a folder, a trial. Exit code 1. */
export class FailureError extends Error {
  override readonly name = 'FailureError';
  readonly hint: string | null;
  constructor(message: string, hint: string | null = null) {
    super(message);
    this.hint = hint;
  }
}

/** A system error's code, such as `ENOSPC`; null for anything else. */
export function systemCode(error: unknown): string | null {
  return codeOf(error) || null;
}

const FREE = 'Free some space and start the same command again: it goes on where it stopped.';
const PERMIT = 'Choose another folder with --out, or change the permissions.';

const remedies: Readonly<Record<string, string>> = {
  ENOSPC: FREE,
  EDQUOT: FREE,
  EROFS: 'Choose another folder with --out.',
  EACCES: PERMIT,
  EPERM: PERMIT,
  ENOENT: 'Check the path.',
  ENOTDIR: 'Choose another folder with --out.',
  EEXIST: 'Choose another folder with --out.',
};

/** Codes of a file system that takes no more: every other trial would fail in the same way. */
export const exhaustedCodes: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

/** A system error as one sentence with its path and a remedy; null for other errors. */
export function explainSystemError(error: unknown): { message: string; hint: string | null } | null {
  const code = systemCode(error);
  if (code === null) return null;
  const { path: at, message } = error as NodeJS.ErrnoException;
  const path = at === undefined ? '' : `: ${at}`;
  const remedy = remedies[code];
  if (remedy !== undefined) {
    const reason = reasonOf(error);
    return { message: `${reason[0]!.toUpperCase()}${reason.slice(1)}${path} (${code}).`, hint: remedy };
  }
  if (path === '') return null;
  return { message, hint: null };
}

/** Any thrown value as one line of text. */
export function messageOf(error: unknown): string {
  return explainSystemError(error)?.message ?? (error instanceof Error ? error.message : String(error));
}
