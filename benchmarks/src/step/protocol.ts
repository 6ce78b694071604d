/** What benchmarks:step and its engines' processes say to each other: a JSON line each, in turn. */
import type { DeviceName } from '@lomap/compile';
import type { MethodName } from '../common/methods.ts';

/** Build the model, its adapters and its optimizer, and run one step unmeasured. */
export interface LoadRequest {
  readonly command: 'load';
  /** The checkpoint's folder. */
  readonly model: string;
  readonly method: MethodName;
  readonly rank: number;
  readonly threads: number;
  readonly learningRate: number;
  readonly maxGradNorm: number;
  /** Token ids of every example, all of one length: no padding. */
  readonly inputIds: readonly (readonly number[])[];
  readonly labels: readonly number[];
  /** Where our engine runs, and keeps its graphs; PyTorch ignores both. */
  readonly device: DeviceName;
  readonly cacheDirectory: string;
}

export interface Loaded {
  readonly type: 'loaded';
  /** Trained parameters, head included: equal on all sides, or they do not compute the same. */
  readonly parameters: number;
  /** Threads the engine really uses. */
  readonly threads: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** Run `warmUp` steps unmeasured and one measured: the process slept, and its caches are cold. */
export interface TurnRequest {
  readonly command: 'turn';
  readonly warmUp: number;
}

export interface Turn {
  readonly type: 'turn';
  /** Milliseconds of the measured step. */
  readonly ms: number;
  readonly loss: number;
}
