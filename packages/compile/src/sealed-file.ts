import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { replaceFile } from './replace-file.ts';

/** What bears its own hash was written by `writeSealed`, and whole. */
interface Sealed {
  readonly sha256: string;
  readonly content: string;
}

/** Writes a value as JSON beside its hash. */
export function writeSealed(file: string, value: unknown): void {
  const content = JSON.stringify(value);
  replaceFile(file, JSON.stringify({ sha256: sha256(content), content } satisfies Sealed));
}

/**
 * The value in a file that `writeSealed` wrote.
 *
 * @throws Error when the file is not there or was damaged.
 */
export function readSealed(file: string): unknown {
  const sealed = JSON.parse(readFileSync(file, 'utf8')) as Sealed;
  if (sealed.sha256 !== sha256(sealed.content)) throw new Error(`${file} is damaged: its hash is another.`);
  return JSON.parse(sealed.content);
}

/** SHA-256 of a text, as hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
