/** What a data source is: whatever makes or fetches a folder of tasks' files. */
import type { Task } from './task.ts';

export interface DataSource {
  /** What `--data` and a sweep file's `data` say: `synthetic`. */
  readonly name: string;
  /** In sentences: `GLUE`, `the synthetic suite`. */
  readonly title: string;
  /** How one gets it, after its name: `which downloads them`. */
  readonly about?: string;
  /** The tasks that it has files of. */
  readonly tasks: readonly Task[];
  /** Whether `name@revision` asks for one of several states of it. Absent: no. */
  readonly revisions?: true;
  /**
   * Puts the files of these tasks into a folder, or finds them there.
   *
   * @throws an error whose message says what failed and what to do; one with `kind: 'usage'` where the request is wrong.
   */
  provide(request: DataRequest): Promise<ProvidedData>;
}

export interface DataRequest {
  /** The source as it was asked for: its name, and a revision where it has them. */
  readonly text: string;
  /** Names of tasks, all of them the source's own. */
  readonly tasks: readonly string[];
  /** A folder for what is made or fetched once, shared with other uses. */
  readonly cacheDirectory: string;
  readonly onProgress: (progress: Received) => void;
}

/** How far a file has been fetched, in bytes. */
export interface Received {
  readonly file: string;
  readonly received: number;
  readonly total: number;
  /** Whether the file was there already. */
  readonly cached: boolean;
}

export interface ProvidedData {
  readonly directory: string;
  /** Written in results before the task's name: no path of this machine. The files themselves are there as a hash. */
  readonly name: string;
}
