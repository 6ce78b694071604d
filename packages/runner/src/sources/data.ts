/** `--data`: a folder in GLUE's layout, GLUE from the Hugging Face hub, or the synthetic suite. */
import { join } from 'node:path';
import { task } from '@lomap/glue';
import { SYNTHETIC_SUITE, syntheticTaskNames, writeSyntheticSuite } from '@lomap/synthetic';
import { UsageError } from '../errors.ts';
import { requireFolder } from '../packages.ts';
import { downloading } from './download.ts';
import type { Named, Source } from './source.ts';

/** What --data takes, for messages. */
export const dataExpected =
  "--data DIR, a folder with GLUE's official TSV files (or the hub's parquet files), --data glue, which downloads them, or --data synthetic.";

/**
 * The folder with the tasks' files. A folder of that path goes before a name.
 *
 * @throws UsageError if there is no such data or it lacks a task; FailureError if a download fails.
 */
export async function dataSource(
  named: Named,
  tasks: readonly string[],
  cacheDirectory: string,
  say: (line: string) => void,
): Promise<Source> {
  if (named.isFolder) {
    requireFolder(named.where, named.path);
    return { directory: named.path, name: 'glue' };
  }
  if (named.text === SYNTHETIC_SUITE.name) return synthetic(tasks, cacheDirectory);
  if (named.text === 'glue' || named.text.startsWith('glue@')) {
    const { downloadGlue } = await import('@lomap/hub');
    const { directory } = await downloading('GLUE', say, (onProgress) =>
      downloadGlue({ repository: named.text, tasks, onProgress }),
    );
    return { directory, name: 'glue' };
  }
  throw new UsageError(
    `${named.where} ${named.path}: there is no such folder, and no data of this name.`,
    `Give ${dataExpected}`,
  );
}

async function synthetic(tasks: readonly string[], cacheDirectory: string): Promise<Source> {
  const { name, version } = SYNTHETIC_SUITE;
  const missing = tasks.filter((wanted) => !syntheticTaskNames.includes(wanted));
  if (missing.length > 0) {
    throw new UsageError(
      `The synthetic suite has no ${missing.map((wanted) => task(wanted).title).join(', ')}.`,
      `It has ${syntheticTaskNames.join(', ')}; --tasks chooses among them.`,
    );
  }
  const directory = join(cacheDirectory, `${name}-v${version}`);
  await writeSyntheticSuite(directory);
  return { directory, name: `${name}-v${version}` };
}
