/** What benchmarks:trial and the two sides' processes say to each other: one JSON line each. */
import type { MethodName } from '../common/methods.ts';
import type { TrialTask } from './arguments.ts';

/** Everything that both sides must do alike. */
export interface TrialJob {
  readonly task: TrialTask;
  readonly model: string;
  /** Folder that holds the task's. */
  readonly data: string;
  readonly method: MethodName;
  readonly rank: number;
  readonly threads: number;
  readonly epochs: number;
  readonly maxSteps: number | null;
  readonly batchSize: number;
  readonly maxLength: number;
  readonly learningRate: number;
  readonly warmupRatio: number;
  readonly maxGradNorm: number;
  readonly dropout: number;
  readonly seed: number;
  /** Training rows held out, by their place in train.tsv: both sides score these after each epoch. */
  readonly selectionRows: readonly number[];
  /** Where our engine keeps graphs; empty at the start. PyTorch ignores it. */
  readonly cacheDirectory: string;
}

export interface TrialAnswer {
  readonly type: 'result';
  readonly steps: number;
  readonly parameters: number;
  readonly selectionScore: number | null;
  readonly dev: Readonly<Record<string, number>>;
  /** Processor time of all threads. */
  readonly processorSeconds: number;
  readonly peakMemoryBytes: number;
  readonly versions: Readonly<Record<string, string>>;
}
