/** What the command lines share. */
import { existsSync } from 'node:fs';
import yargs, { type Argv } from 'yargs';
import { userPath } from './paths.ts';

/** A command line that asks for what cannot be: exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** A yargs parser that throws a UsageError instead of ending the process. */
export function parser(args: readonly string[], name: string): Argv {
  return yargs([...args])
    .scriptName(name)
    .locale('en')
    .parserConfiguration({ 'duplicate-arguments-array': false, 'boolean-negation': false })
    .strict()
    .version(false)
    .help()
    .fail((message, error) => {
      throw error instanceof UsageError ? error : new UsageError(`${message} See --help.`);
    });
}

/** Reads a whole number of at least 1. */
export function wholeNumber(flag: string): (value: unknown) => number {
  return (value) => {
    const number = Number(value);
    if (Number.isSafeInteger(number) && number >= 1) return number;
    throw new UsageError(`--${flag} ${String(value)}: expected a whole number of at least 1.`);
  };
}

/** Reads names separated by commas, each once, in the order of `known`. */
export function listOf<T extends string>(flag: string, known: readonly T[]): (value: unknown) => T[] {
  return (value) => {
    const given = String(value)
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean);
    const unknown = given.filter((name) => !known.some((other) => other === name));
    if (given.length === 0 || unknown.length > 0) {
      throw new UsageError(`--${flag} ${String(value)}: expected some of ${known.join(', ')}, separated by commas.`);
    }
    return known.filter((name) => given.includes(name));
  };
}

/** Reads whole numbers of at least 1 separated by commas, each once, in ascending order. */
export function numbersOf(flag: string): (value: unknown) => number[] {
  return (value) => {
    const texts = String(value).split(',');
    if (!texts.every((text) => /^\s*[1-9]\d{0,5}\s*$/.test(text))) {
      throw new UsageError(`--${flag} ${String(value)}: expected whole numbers of at least 1, separated by commas.`);
    }
    return [...new Set(texts.map(Number))].sort((a, b) => a - b);
  };
}

/** A folder that the user named; it must be there. */
export function userFolder(flag: string, path: string): string {
  const folder = userPath(path);
  if (!existsSync(folder)) throw new UsageError(`--${flag} ${path}: there is no folder ${folder}.`);
  return folder;
}

/** Runs a program's main, with exit code 2 for usage and 1 for failures, one message each. */
export async function runMain(main: () => Promise<void>): Promise<never> {
  try {
    await main();
    process.exit(0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(error instanceof UsageError ? 2 : 1);
  }
}
