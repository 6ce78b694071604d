/** The executors there are. */
import { didYouMean } from '@lomap/files';
import { messageOf, UsageError } from '../errors.ts';
import type { Executor, ExecutorContext } from './executor.ts';
import { localExecutor } from './local.ts';

export interface ExecutorKind {
  /** What --executor names. */
  readonly name: string;
  /**
   * Makes one for a sweep, before anything runs.
   *
   * @throws Error for options that it does not know, or where it cannot work: a sentence for the user.
   */
  readonly open: (context: ExecutorContext) => Executor | Promise<Executor>;
}

export const LOCAL = 'local';

const local: ExecutorKind = {
  name: LOCAL,
  open(context) {
    const [unknown] = Object.keys(context.options);
    if (unknown !== undefined) throw new Error(`it has no setting "${unknown}", nor any other`);
    return localExecutor(context);
  },
};

const kinds = new Map<string, ExecutorKind>([[local.name, local]]);

/**
 * Adds an executor, for this process. A module that a site's settings or a sweep file names calls it.
 *
 * @throws RangeError for a name that is taken, or that is none.
 */
export function registerExecutor(kind: ExecutorKind): void {
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(kind.name)) {
    throw new RangeError(`An executor's name is of small letters, digits and "-", not ${JSON.stringify(kind.name)}.`);
  }
  if (kinds.has(kind.name)) {
    throw new RangeError(`There is an executor "${kind.name}" already; give this one another name.`);
  }
  kinds.set(kind.name, kind);
}

export function executorNames(): string[] {
  return [...kinds.keys()];
}

/** @throws UsageError for a name that is not known, naming those that are. */
export function requireExecutor(name: string): ExecutorKind {
  const kind = kinds.get(name);
  if (kind) return kind;
  const names = executorNames();
  throw new UsageError(`There is no executor "${name}".${didYouMean(name, names)} Known: ${names.join(', ')}.`);
}

/**
 * Opens the executor of this name.
 *
 * @throws UsageError for a name that is not known, and for what the executor says against its options or this machine.
 */
export async function openExecutor(name: string, context: ExecutorContext): Promise<Executor> {
  const kind = requireExecutor(name);
  try {
    return await kind.open(context);
  } catch (error) {
    throw new UsageError(`The executor ${name} cannot be used: ${messageOf(error)}.`.replace(/\.\.$/, '.'));
  }
}
