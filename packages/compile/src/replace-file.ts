import { renameSync, writeFileSync } from 'node:fs';

/** Writes a whole file: other processes see the old one or the new one, never a part. */
export function replaceFile(file: string, content: Uint8Array | string): void {
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, content);
  renameSync(partial, file);
}
