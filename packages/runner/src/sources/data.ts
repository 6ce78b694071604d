/** `--data`: a folder of tasks' files, or what one of the data sources puts into one. */
import { dataSources, findDataSource, taskNamed } from '@lomap/data';
import { UsageError } from '../errors.ts';
import { requireFolder } from '../packages.ts';
import { downloading } from './download.ts';
import type { DataFolder, Named } from './source.ts';

/** What --data takes, for messages. */
export function dataExpected(): string {
  const named = dataSources().map(({ name, about }) => `--data ${name}${about === undefined ? '' : `, ${about}`}`);
  const folder = "--data DIR, a folder with the tasks' files (GLUE's official TSV or the hub's parquet files)";
  return `${[folder, ...named.slice(0, -1)].join(', ')}, or ${named.at(-1)}.`;
}

/**
 * The folder with the tasks' files. A folder of that path goes before a name.
 *
 * @throws UsageError if there is no such data or it lacks a task; FailureError if it cannot be had.
 */
export async function dataSource(
  named: Named,
  tasks: readonly string[],
  cacheDirectory: string,
  say: (line: string) => void,
): Promise<DataFolder> {
  if (named.isFolder) {
    requireFolder(named.where, named.path);
    return { directory: named.path, name: null };
  }
  const source = findDataSource(named.text);
  if (!source) {
    throw new UsageError(
      `${named.where} ${named.path}: there is no such folder, and no data of this name.`,
      `Give ${dataExpected()}`,
    );
  }
  const offered = source.tasks.map(({ name }) => name);
  const missing = tasks.filter((wanted) => !offered.includes(wanted));
  if (missing.length > 0) {
    throw new UsageError(
      `${source.title.replace(/^t/, 'T')} has no ${missing.map((wanted) => taskNamed(wanted).title).join(', ')}.`,
      `It has ${offered.join(', ')}; --tasks chooses among them.`,
    );
  }
  return downloading(source.title, say, (onProgress) =>
    source.provide({ text: named.text, tasks, cacheDirectory, onProgress }),
  );
}
