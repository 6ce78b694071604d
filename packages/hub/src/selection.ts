/** Which of a repository's files are wanted, and by which call. */
import type { CachedRepository } from './cache.ts';
import type { Client } from './client.ts';
import type { Repository } from './listing.ts';
import type { DownloadProgress } from './options.ts';

export interface Selection {
  /** The folders to list; '' is the root. */
  readonly folders: readonly string[];
  /** Names that a repository may lack. That it does is remembered, so that it need not be asked again. */
  readonly optional: readonly string[];
  /** Whether only the hub can say which files there are. */
  readonly open: boolean;
  /** The wanted ones of these files. @throws MissingFile for one that is needed and not among them. */
  choose(paths: ReadonlySet<string>): readonly string[];
  /** More files, named by those that were chosen and are in this folder now. */
  further(directory: string, chosen: readonly string[]): Promise<readonly string[]>;
}

/** A file that is needed is not there. The message goes on after a repository's name. */
export class MissingFile extends Error {
  override readonly name = 'MissingFile';
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

/** One call of a download. */
export interface Task extends Repository {
  readonly client: Client;
  readonly cached: CachedRepository;
  readonly selection: Selection;
  /** SHA-256 of a file that is known without the hub. */
  readonly sha256: (commit: string, path: string) => string | undefined;
  readonly onProgress: (progress: DownloadProgress) => void;
}
