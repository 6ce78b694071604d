/** Flags that name a folder or a file: what stands there is looked at while the command line is read. */
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from '../errors.ts';
import { resolveUserPath } from '../workspace.ts';

type Kind = 'folder' | 'file';

/** A flag that names a folder, to read or to make. A file of that name is wrong usage. */
export function folderOption(flag: string, describe: string) {
  return option(flag, describe, 'folder');
}

/** A flag that names a file to read. A folder of that name is wrong usage. */
export function fileOption(flag: string, describe: string) {
  return option(flag, describe, 'file');
}

function option(flag: string, describe: string, kind: Kind) {
  return { type: 'string', describe, requiresArg: true, coerce: notOther(flag, kind) } as const;
}

/** A yargs coercion that leaves the value as it is. */
export function notOther(flag: string, kind: Kind): (value: string) => string {
  return (value) => {
    // yargs coerces absent flags too.
    if (typeof value !== 'string') return value;
    const path = resolveUserPath(value);
    if (!existsSync(path)) underFolder(flag, path);
    else if (statSync(path).isDirectory() !== (kind === 'folder')) {
      throw new UsageError(
        `${flag} ${path}: this is ${kind === 'folder' ? 'a file, not a folder' : 'a folder, not a file'}.`,
      );
    }
    return value;
  };
}

/** What is not there yet has to be under a folder. */
function underFolder(flag: string, path: string): void {
  let above = dirname(path);
  while (!existsSync(above) && dirname(above) !== above) above = dirname(above);
  if (statSync(above, { throwIfNoEntry: false })?.isDirectory() !== false) return;
  throw new UsageError(`${flag} ${path}: ${above} is a file, not a folder.`);
}
