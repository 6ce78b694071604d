import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The workspace's root, three levels above this file both in src/ and in dist/. */
const workspaceRoot = fileURLToPath(new URL('../../..', import.meta.url));

/** A path as the user wrote it: Nx moves a command to the workspace's root, npx leaves the user's folder in INIT_CWD. */
export function userPath(path: string): string {
  const origin = process.env['INIT_CWD'];
  const moved = process.env['NX_TASK_TARGET_PROJECT'] !== undefined && origin !== undefined && existsSync(origin);
  return resolve(moved ? origin : process.cwd(), path);
}

/** A default path, from the workspace's root. */
export function workspacePath(path: string): string {
  return resolve(workspaceRoot, path);
}

/** A program of the PyTorch peers. */
export function peerProgram(name: string): string {
  return join(workspacePath('benchmarks/peers'), name);
}

/** A compiled program beside this package's entry points. */
export function workerProgram(name: string): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}
