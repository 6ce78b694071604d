/** What benchmarks:step, memory and sweep and their engines' processes say to each other: a JSON line each, in turn. */
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
  /** Token ids of every example. Engines that do not pack pad them with 0 to `padTo`, under an attention mask. */
  readonly inputIds: readonly (readonly number[])[];
  readonly padTo: number;
  readonly labels: readonly number[];
  /** The classifier's weight [2, hidden] at the start, its bias being 0: the first loss is then the same number everywhere. */
  readonly classifier: readonly (readonly number[])[];
  /** Where our engine runs, and keeps its graphs; the peers ignore both. */
  readonly device: DeviceName;
  readonly cacheDirectory: string;
  /** Rate of every dropout of the model; JAX takes none but 0. */
  readonly dropout: number;
  /** Whether PyTorch compiles the model with torch.compile; the others ignore it. */
  readonly torchCompile: boolean;
}

export interface Loaded {
  readonly type: 'loaded';
  /** Trained parameters, head included: equal on all sides, or they do not compute the same. */
  readonly parameters: number;
  /** Loss of the first step, before any update: equal on all sides too. null: the floor computes none. */
  readonly loss: number | null;
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
  readonly loss: number | null;
}

/** Run one step on each of these batches, in order. Peers pad each to its longest example. */
export interface BatchesRequest {
  readonly command: 'batches';
  readonly inputIds: readonly (readonly (readonly number[])[])[];
  readonly labels: readonly (readonly number[])[];
}

export interface BatchesDone {
  readonly type: 'batches';
  readonly ms: number;
}

/** Evaluate the loaded batch without gradients, and say how much memory the process has had. */
export interface EvaluateRequest {
  readonly command: 'evaluate';
}

export interface Evaluated {
  readonly type: 'evaluated';
  readonly peakMemoryBytes: number;
}
