/**
 * Tests that need what not every machine has: a data set, a browser, another program. Where it is missing they are
 * skipped, with the reason in their name, by which the end of `npm test` counts them (`reasons.mjs`); where it must be
 * there they fail.
 */
import { describe, test } from '@jest/globals';

/** jest's `describe` and `test`, for what may be missing. */
export interface Declared {
  readonly describe: (name: string, declare: () => void) => void;
  readonly test: (name: string, run: () => void | Promise<void>, timeout?: number) => void;
}

/**
 * Declares tests that need something.
 *
 * @param missing what is missing and how to get it, as short as a line; null where it is there.
 * @param must whether it must be there: see `inCi` and `required`.
 */
export function needs(missing: string | null, must = false): Declared {
  if (missing === null) return { describe, test };
  if (must) {
    const fails = (name: string): void =>
      test(name, () => {
        throw new Error(`It cannot be tested: ${missing}.`);
      });
    return { describe: fails, test: fails };
  }
  const named = (name: string): string => `${name} (skipped: ${missing})`;
  return {
    describe: (name, declare) => describe.skip(named(name), declare),
    test: (name, run) => test.skip(named(name), run),
  };
}

/** In continuous integration nothing is skipped for want of data. */
export const inCi = (process.env['CI'] ?? '') !== '';

/**
 * Whether `.ci/run` has found or set up what LOMAP_REQUIRED names: peft, webgpu, tfjs-node, notebooks, latex, readers,
 * lm-eval, smollm2.
 */
export function required(name: string): boolean {
  return (process.env['LOMAP_REQUIRED'] ?? '').split(',').includes(name);
}
