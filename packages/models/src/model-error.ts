/**
 * A checkpoint, tokenizer or safetensors file that cannot be used. The message is for the person who named the file:
 * which file, which tensor or key, what was expected, what was found, what to do. Shown without a stack.
 */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}

const systemReasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'this is a folder, not a file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'too many open files',
};

/** Why an operation failed, in words: the system's reason for a file operation, else the error's own message. */
export function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const reason = 'code' in error && typeof error.code === 'string' ? systemReasons[error.code] : undefined;
  return reason ?? ('message' in error ? String(error.message) : 'no reason was given');
}
