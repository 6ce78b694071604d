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
  // Not `instanceof`: errors of node:fs come from another realm inside Jest.
  if (error === null || typeof error !== 'object' || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

const explanations: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  ENOSPC: [
    'No space is left on the device',
    'Free some space and start the same command again: it goes on where it stopped.',
  ],
  EDQUOT: [
    'The disk quota is used up',
    'Free some space and start the same command again: it goes on where it stopped.',
  ],
  EROFS: ['The file system is read-only', 'Choose another folder with --out.'],
  EACCES: ['Permission denied', 'Choose another folder with --out, or change the permissions.'],
  EPERM: ['Operation not permitted', 'Choose another folder with --out, or change the permissions.'],
  ENOENT: ['There is no such file or folder', 'Check the path.'],
  ENOTDIR: ['A file is where a folder is expected', 'Choose another folder with --out.'],
  EEXIST: ['A file is where a folder is expected', 'Choose another folder with --out.'],
};

/** Codes of a file system that takes no more: every other trial would fail in the same way. */
export const exhaustedCodes: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

/** A system error as one sentence with its path and a remedy; null for other errors. */
export function explainSystemError(error: unknown): { message: string; hint: string | null } | null {
  const code = systemCode(error);
  if (code === null) return null;
  const { path: at, message } = error as NodeJS.ErrnoException;
  const path = at === undefined ? '' : `: ${at}`;
  const known = explanations[code];
  if (known) return { message: `${known[0]}${path} (${code}).`, hint: known[1] };
  if (path === '') return null;
  return { message, hint: null };
}

/** Any thrown value as one line of text. */
export function messageOf(error: unknown): string {
  return explainSystemError(error)?.message ?? (error instanceof Error ? error.message : String(error));
}
