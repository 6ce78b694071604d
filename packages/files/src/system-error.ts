/** The code of a system error, such as ENOENT; empty for any other. */
export function codeOf(error: unknown): string {
  // Not `instanceof`: errors of node:fs come from another realm inside Jest.
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

const FOLDER = 'a part of the path is a file, not a folder';
const FREE = 'Free some space and run again; nothing already finished is lost.';
const PERMIT = 'Change the permissions or choose another folder.';

/** By code: why a file operation failed, and what to do where a file was to be written. */
const known: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  ENOENT: ['there is no such file', 'Check the path.'],
  ENOTDIR: [FOLDER, 'Move that file or choose another folder.'],
  EEXIST: [FOLDER, 'Move that file or choose another folder.'],
  EISDIR: ['it is a folder, not a file', 'Move it or choose another folder.'],
  EACCES: ['permission denied', PERMIT],
  EPERM: ['permission denied', PERMIT],
  EROFS: ['the file system is read-only', 'Choose another folder.'],
  ENOSPC: ['no space is left on the device', FREE],
  EDQUOT: ['the disk quota is used up', FREE],
  EFBIG: ['the file would be larger than the system allows', 'Choose a folder on another file system.'],
  EMFILE: ['too many files are open', 'Raise the limit (ulimit -n) or run fewer jobs.'],
};

/** Why an operation failed, in words without a full stop: the system's reason, else the error's own message. */
export function reasonOf(error: unknown): string {
  return known[codeOf(error)]?.[0] ?? messageOf(error);
}

/** What failed to be written, as a sentence or two: the reason and, where there is one, the remedy. */
export function failureOf(error: unknown): string {
  const remedy = known[codeOf(error)]?.[1];
  return `${reasonOf(error).replace(/\.$/, '')}.${remedy === undefined ? '' : ` ${remedy}`}`;
}

function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  return 'message' in error ? String(error.message) : 'no reason was given';
}
