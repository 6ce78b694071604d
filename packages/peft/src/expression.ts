/** Regular expressions for modules' paths, which the author of a file wrote: one that backtracks for long is an error. */
import { createContext, Script } from 'node:vm';

/** For all paths of a model together; an expression that does not backtrack takes microseconds for each. */
const LIMIT_MS = 2_000;

/** Runs a match where it can be ended: V8 asks at every step back. */
const match = new Script('expression.test(path)');
const scope: { expression?: RegExp; path?: string } = {};
let context: ReturnType<typeof createContext> | undefined;

/**
 * Whether a path matches in full, or its `end`: the whole or what follows some dot.
 *
 * @param key the setting's name, for messages
 * @param limit milliseconds for all paths together
 * @returns a function that throws a RangeError once its matches have taken so long
 * @throws RangeError for what is no expression
 */
export function fullMatch(
  expression: string,
  key: string,
  of: 'whole' | 'end' = 'whole',
  limit = LIMIT_MS,
): (path: string) => boolean {
  const named = `${key} ${JSON.stringify(expression)}`;
  checkExpression(expression, named);
  const compiled = new RegExp(`^${of === 'end' ? '(?:.*\\.)?' : ''}(?:${expression})$`);
  // Names and escapes alone have nothing to repeat.
  if (/^(?:[\w.]|\\[.\w])*$/.test(expression)) return (path) => compiled.test(path);
  let left = limit;
  return (path) => {
    const begun = performance.now();
    try {
      // No time is left, where the earlier paths took it all.
      if (left > 0) return ended(compiled, path, Math.ceil(left));
    } catch (error) {
      if (!isTimeout(error)) throw error;
    } finally {
      left -= performance.now() - begun;
    }
    throw new RangeError(
      `${named} is not matched within ${limit} ms: it repeats what is repeated, and tries every way to do so. ` +
        'Write it without repetitions inside of repetitions, or name the modules in a list.',
    );
  };
}

function checkExpression(expression: string, named: string): void {
  try {
    // By itself: `a)|(b` is one only with brackets around it.
    RegExp(expression);
  } catch (error) {
    const why = (error as Error).message.split(': ').at(-1);
    throw new RangeError(`${named} is not a regular expression: ${why}.`, { cause: error });
  }
}

function isTimeout(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}

/** The match, or an error after so many milliseconds. */
function ended(expression: RegExp, path: string, timeout: number): boolean {
  context ??= createContext(scope);
  Object.assign(scope, { expression, path });
  return match.runInContext(context, { timeout }) as boolean;
}
