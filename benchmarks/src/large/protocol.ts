/** What benchmarks:large and its process say to each other: a JSON line each, in turn. */
import type { MethodName } from '../common/methods.ts';

/** Open the model and compile its training step, or its bare products. */
export interface LargeRequest {
  readonly command: 'load';
  readonly what: 'products' | 'step';
  readonly model: string;
  readonly cacheDirectory: string;
  readonly method: MethodName;
  readonly rank: number;
  readonly length: number;
  readonly threads: number;
  readonly turns: number;
}

export interface LargeLoaded {
  readonly type: 'loaded';
  /** Trained parameters; 0 for the products. */
  readonly parameters: number;
  /** Bytes of the weights as they are stored, and the files that they are in. */
  readonly weightBytes: number;
  readonly files: number;
  readonly dtypes: readonly string[];
  readonly layers: number;
  readonly seconds: { readonly open: number; readonly compile: number };
  readonly versions: Readonly<Record<string, string>>;
}

/** Run it once. */
export interface LargeTurnRequest {
  readonly command: 'turn';
}

export interface LargeTurn {
  readonly type: 'turn';
  readonly ms: number;
  readonly loss: number | null;
}
