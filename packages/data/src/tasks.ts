/** The tasks that there are, by name. */
import { glueTasks } from '@lomap/glue';
import { DataError, findMetric, metricNamed, plainName, readingOf, type Reading, type Task } from '@lomap/tasks';

const tasks: Task[] = [...glueTasks];

/**
 * Adds a task for this process: sweep files may name it, and tables print it by its title, after those that there were.
 *
 * @throws RangeError for a name that is taken or is none, and for a task that contradicts itself.
 */
export function registerTask(task: Task): void {
  const { name, title, suite, kind, labels, numLabels, metrics, primaryMetric, splits, primarySplit } = task;
  const fail = (problem: string): RangeError => new RangeError(`Task ${JSON.stringify(name)}: ${problem}`);
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw fail('a name is lower-case letters, digits and "_", from a letter.');
  if (findTask(name)) throw fail('the registry has one of this name; give your own another.');
  for (const [key, text] of Object.entries<unknown>({ title, suite })) {
    if (typeof text !== 'string' || text === '') throw fail(`its ${key} is a text, not ${JSON.stringify(text)}.`);
  }
  const given: string = kind;
  if (given !== 'classification' && given !== 'regression') {
    throw fail(`its kind is "classification" or "regression", not ${JSON.stringify(given)}.`);
  }
  const outputs = kind === 'regression' ? 1 : labels.length;
  if (numLabels !== outputs) throw fail(`its numLabels is ${numLabels}, and ${kind} of its labels has ${outputs}.`);
  const unknown = metrics.filter((metric) => !findMetric(metric));
  if (unknown.length > 0) throw fail(`there is no metric ${unknown.join(', ')}; registerMetric adds one.`);
  if (!metrics.includes(primaryMetric)) throw fail(`its primaryMetric ${primaryMetric} is none of its metrics.`);
  if (!splits.dev.includes(primarySplit)) throw fail(`its primarySplit ${primarySplit} is none of its dev splits.`);
  tasks.push(task);
}

/** The names of all tasks, GLUE's first, in GLUE's order. */
export function taskNames(): string[] {
  return tasks.map(({ name }) => name);
}

/** The task of this name, in any spelling (`plainName`); undefined if there is none. */
export function findTask(name: string): Task | undefined {
  return tasks.find((task) => plainName(task.name) === plainName(name));
}

/**
 * The task of this name, in any spelling: `sst2`, `SST-2`, `sst_2`.
 *
 * @throws DataError naming the tasks that there are.
 */
export function taskNamed(name: string): Task {
  const found = findTask(name);
  if (found) return found;
  throw new DataError(`Unknown task "${name}". There are ${taskNames().join(', ')}.`);
}

/** How values of a task's primary metric are read; of a task that nobody knows, as a share of one. */
export function primaryReading(task: string): Reading {
  const found = findTask(task);
  return found ? metricNamed(found.primaryMetric) : readingOf('score');
}
