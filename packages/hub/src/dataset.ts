/** Files of a data set, and which of them GLUE's tasks are in. */
import { HubError } from './error.ts';
import type { Download, DownloadOptions } from './options.ts';
import { isSafePath } from './repository.ts';
import { MissingFile, type Selection } from './selection.ts';
import { downloadSnapshot } from './snapshot.ts';

export interface DatasetOptions extends DownloadOptions {
  /** Paths of files, or patterns in which `*` stands for any characters but `/`. Nothing else is fetched. */
  readonly files: readonly string[];
}

/**
 * Fetches files of a data set. Files that the cache has are not fetched again, and a call that names files (no patterns)
 * of a commit, all of them there, does not touch the network.
 *
 * @throws HubError naming the file, why it could not be had, and what to do.
 */
export async function downloadDataset({ files, ...options }: DatasetOptions): Promise<Download> {
  const bad = files.find((file) => !isSafePath(file.replaceAll('*', 'x')));
  if (bad !== undefined || files.length === 0) {
    throw new HubError(
      'usage',
      `Expected paths of files in a data set, such as rte/*.parquet, found ${JSON.stringify(bad)}.`,
    );
  }
  return downloadSnapshot('dataset', options, selectionOf(files));
}

function selectionOf(files: readonly string[]): Selection {
  const folders = new Set(files.map((file) => file.split('/').slice(0, -1).join('/')));
  const open = [...folders].find((folder) => folder.includes('*'));
  if (open !== undefined) {
    throw new HubError('usage', `"${open}/": expected the name of a folder; only a file's name may have a "*".`);
  }
  return {
    folders: [...folders],
    optional: [],
    open: files.some((file) => file.includes('*')),
    choose: (paths) => {
      const chosen = files.flatMap((file) => {
        const pattern = new RegExp(`^${file.split('*').map(escaped).join('[^/]*')}$`);
        const found = [...paths].filter((path) => pattern.test(path)).sort();
        if (found.length === 0) throw new MissingFile(file.replaceAll('*', '_'), `has no ${file}`);
        return found;
      });
      return [...new Set(chosen)];
    },
    further: async () => [],
  };
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

export interface GlueOptions extends Omit<DownloadOptions, 'repository'> {
  /** The hub's names: cola, sst2, mrpc, stsb, qqp, mnli, qnli, rte, wnli. */
  readonly tasks: readonly string[];
  /** A repository of the same layout, or another revision: `glue@main`. By default `glue`, which is nyu-mll/glue. */
  readonly repository?: string;
}

/**
 * Fetches the train and dev files of GLUE's tasks, and no others. The folder can be read by @lomap/glue.
 *
 * @throws HubError naming the file, why it could not be had, and what to do.
 */
export async function downloadGlue({ tasks, repository = 'glue', ...options }: GlueOptions): Promise<Download> {
  return downloadDataset({ ...options, repository, files: glueFiles(tasks) });
}

/** The splits with labels of GLUE's tasks, as `nyu-mll/glue` names them. */
const TRAIN = ['train', 'validation'];
const GLUE_SPLITS: Readonly<Record<string, readonly string[]>> = {
  cola: TRAIN,
  sst2: TRAIN,
  mrpc: TRAIN,
  stsb: TRAIN,
  qqp: TRAIN,
  mnli: ['train', 'validation_matched', 'validation_mismatched'],
  qnli: TRAIN,
  rte: TRAIN,
  wnli: TRAIN,
};

/**
 * The files of `nyu-mll/glue` that tasks need: train and dev, no hidden test labels.
 *
 * @param tasks the hub's names: cola, sst2, mrpc, stsb, qqp, mnli, qnli, rte, wnli.
 * @throws HubError if there is no such task.
 */
export function glueFiles(tasks: readonly string[]): string[] {
  return tasks.flatMap((task) => {
    const splits = Object.hasOwn(GLUE_SPLITS, task) ? GLUE_SPLITS[task]! : null;
    if (splits) return splits.map((split) => `${task}/${split}-00000-of-00001.parquet`);
    throw new HubError('usage', `GLUE has no task "${task}". Its tasks are ${Object.keys(GLUE_SPLITS).join(', ')}.`);
  });
}
