/** The data sources that there are: what `--data` takes besides a folder. */
import { syntheticSource } from '@lomap/synthetic';
import type { DataSource } from '@lomap/tasks';
import { glueSource } from './glue-source.ts';
import { findTask, registerTask } from './tasks.ts';

const sources: DataSource[] = [glueSource, syntheticSource];

/**
 * Adds a data source for this process, and those of its tasks that the registry does not have.
 *
 * @throws RangeError for a name that is taken or could be a path, for tasks of a name that is taken, and for faulty tasks.
 */
export function registerDataSource(source: DataSource): void {
  const { name } = source;
  const fail = (problem: string): RangeError => new RangeError(`Data source ${JSON.stringify(name)}: ${problem}`);
  if (!/^[a-z][a-z0-9_-]*$/.test(name)) throw fail('a name is lower-case letters, digits, "-" and "_", from a letter.');
  if (sources.some((known) => known.name === name)) {
    throw fail('the registry has one of this name; give your own another.');
  }
  const taken = source.tasks.find((task) => (findTask(task.name) ?? task) !== task);
  if (taken) throw fail(`its task ${taken.name} is another than the registry's; give it another name.`);
  for (const task of source.tasks) if (!findTask(task.name)) registerTask(task);
  sources.push(source);
}

export function dataSources(): readonly DataSource[] {
  return sources;
}

/** The source that this text asks for, by its name alone or as `name@revision`; undefined if there is none. */
export function findDataSource(text: string): DataSource | undefined {
  return sources.find(({ name, revisions }) => text === name || (revisions && text.startsWith(`${name}@`)));
}
