/** Checks of names and lists that several parts of a sweep file share. */
import { didYouMean } from '@lomap/files';
import type { Registry } from './registry.ts';

/** The canonical name of a task; null, and a problem, when there is none. */
export function taskOf(name: string, where: string, registry: Registry, problems: string[]): string | null {
  const task = registry.canonicalTask(name);
  if (task === null)
    problems.push(
      `${where}: there is no task "${name}".${didYouMean(name, registry.tasks)} Known: ${registry.tasks.join(', ')}.`,
    );
  return task;
}

/** Adds a problem for every value that is there twice. */
export function noDuplicates(where: string, values: readonly (string | number)[], problems: string[]): void {
  const twice = new Set(values.filter((value, i) => values.indexOf(value) !== i));
  for (const value of twice) problems.push(`${where}: ${value} is there twice.`);
}
