import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, linkSync, mkdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes each file reachable inside `directory` and returns, by file, the path there.
 *
 * ONNX Runtime refuses external data with an absolute path, with `..`, or behind a symbolic link (a Hugging Face cache
 * is symbolic links), so the file is linked hard; where that is impossible, on another file system or without the
 * right, it is copied once. The name carries the file's identity, so that a changed file is not taken for the old one.
 */
export function placeWeights(files: Iterable<string>, directory: string): Map<string, string> {
  mkdirSync(directory, { recursive: true });
  const placed = new Map<string, string>();
  for (const file of files) {
    // A hard link to a symbolic link would be another symbolic link.
    const real = realpathSync(file);
    const { size, mtimeMs, ino, dev } = statSync(real);
    const identity = createHash('sha256')
      .update(JSON.stringify([real, size, mtimeMs, ino, dev]))
      .digest('hex');
    const target = join(directory, `weights-${identity.slice(0, 16)}.bin`);
    if (!existsSync(target)) {
      const partial = `${target}.${process.pid}`;
      rmSync(partial, { force: true });
      try {
        linkSync(real, partial);
      } catch {
        copyFileSync(real, partial);
      }
      renameSync(partial, target);
    }
    placed.set(file, target);
  }
  return placed;
}
