/** What a download takes and gives. */
import type { HubSettings } from './settings.ts';

export interface DownloadOptions {
  /** `org/name`, or `org/name@revision`. */
  readonly repository: string;
  /**
   * A branch, a tag or a commit. By default the repository's pinned commit (src/pinned.ts); where there is none, `main`,
   * which is looked up at each call and may mean other files tomorrow.
   */
  readonly revision?: string | null;
  /** Where blobs and snapshots are kept, instead of HF_HUB_CACHE. */
  readonly cacheDirectory?: string;
  /** Called for each piece that arrives, and once for a file that is in the cache. Nothing is printed. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Ends the download, which throws the signal's reason. What has arrived is kept for the next call. */
  readonly signal?: AbortSignal;
  /** SHA-256 (hex) of files, by path: what they must be beside what the hub says of them. */
  readonly sha256?: Readonly<Record<string, string>>;
  /** Instead of what the environment says. */
  readonly settings?: Partial<HubSettings>;
}

export interface DownloadProgress {
  readonly repository: string;
  readonly file: string;
  /** Bytes that are there, those of earlier calls among them. */
  readonly received: number;
  readonly total: number;
  /** Bytes that were there before this call. */
  readonly resumed: number;
  /** Whether nothing of the file had to be fetched. */
  readonly cached: boolean;
  /** From 1. */
  readonly fileNumber: number;
  /** As far as is known: a checkpoint's index may name more. */
  readonly fileCount: number;
}

export interface DownloadedFile {
  /** Relative to the download's folder, with `/`. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface Download {
  /** The snapshot's folder, which has the files under their names (as links to the cache's blobs). */
  readonly directory: string;
  readonly repository: string;
  /** The commit, 40 hexadecimal digits. */
  readonly revision: string;
  readonly files: readonly DownloadedFile[];
}
