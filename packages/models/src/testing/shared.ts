import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe } from '@jest/globals';

/** A path in the folder of test data beside the repository. */
export function shared(path: string): string {
  return fileURLToPath(new URL(`../../../../../shared/${path}`, import.meta.url));
}

/**
 * A group of tests that need data from beside the repository. Where they are missing the group is skipped and its title
 * says so; in continuous integration it runs, and fails.
 */
export function describeWithShared(path: string, title: string, tests: () => void): void {
  if (existsSync(shared(path)) || process.env['CI']) describe(title, tests);
  else describe.skip(`${title} (skipped: ../shared/${path} is not there)`, tests);
}
