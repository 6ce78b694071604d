import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The workspace's root, three levels above this file both in src/ and in dist/. */
export const workspaceRoot = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '');

/** The committed entry of the command line, which workers are forked from. */
export const lomapBin = fileURLToPath(new URL('../bin/lomap.js', import.meta.url));

/**
 * The folder that relative paths on the command line resolve from: where the user stands.
 *
 * Nx and npm scripts move a command to the workspace's root or to the project's folder; npm and npx leave the user's
 * own folder in INIT_CWD. Anywhere else the current folder is the user's.
 */
export function userDirectory(cwd = process.cwd(), environment: NodeJS.ProcessEnv = process.env): string {
  const launched = environment['NX_TASK_TARGET_PROJECT'] !== undefined || environment['npm_command'] === 'run-script';
  const moved = cwd === workspaceRoot || cwd === join(workspaceRoot, 'experiments');
  const origin = environment['INIT_CWD'];
  return launched && moved && origin !== undefined && existsSync(origin) ? origin : cwd;
}

/** A path as the user wrote it, made absolute. */
export function resolveUserPath(path: string): string {
  return resolve(userDirectory(), path);
}
