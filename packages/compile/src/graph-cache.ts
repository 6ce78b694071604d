/** Graphs kept from one process for the next, so that a function need not be traced again. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forgetUnused, markUsed } from './forget-unused.ts';
import { hashCode } from './hash-code.ts';
import { placeWeights } from './onnx/place-weights.ts';
import { hasModel } from './onnx/store-model.ts';
import { readSealed, sha256, writeSealed } from './sealed-file.ts';
import { tf } from './tf.ts';

/** Raised whenever `StoredGraph` changes. */
const FORMAT = 2;

/** How a function's graph is found again by a later process. */
export interface CachedAs {
  /**
   * Decides what the function traces to, its code included; the names, inputs and device of a compilation need no part in
   * it, nor has this package's code. The caller answers for it.
   */
  readonly key: string;
  /** What the caller has learned from tracing and needs to know where nothing is traced: JSON, kept with the graph. */
  remember?(): unknown;
  /** Is given that in a later process, instead of tracing. False: it is of no use, and the function is traced. */
  restore?(memory: unknown): boolean;
}

/** A graph as a session needs it, and what tracing said of the function. */
export interface StoredGraph {
  /** The model's name in the folder; see `storeModel`. */
  readonly model: string;
  /** The name of the part with weights of 16 bits, without which the model cannot run; see `attachWeights`. */
  readonly attached?: string;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** The function's result with each tensor replaced by its index among the outputs. */
  readonly resultTree: unknown;
  /** Number of operators. */
  readonly nodes: number;
  /**
   * Whether the memory it takes rests on the order in which its nodes are written (`recompute`). ONNX Runtime writes an
   * optimised model in another one, from which it would run the clones of all layers before it needs them.
   */
  readonly ordered?: boolean;
  /** Files with frozen weights, and what each is called beside the model. */
  readonly weights: readonly (readonly [file: string, placed: string])[];
}

/** The place of one graph in a folder. */
export class GraphCache {
  readonly #file: string;
  readonly #directory: string;
  readonly #as: CachedAs;

  /** @param signature what decides the graph besides the key: JSON */
  constructor(directory: string, as: CachedAs, signature: unknown) {
    const code = hashCode(dirname(fileURLToPath(import.meta.url)));
    const name = sha256(JSON.stringify([FORMAT, code, tf.version.tfjs, signature, as.key]));
    this.#file = join(directory, `${name}.json`);
    this.#directory = directory;
    this.#as = as;
  }

  /** The graph, if it is there and whole and its weights' files are the same as when it was made; else null. */
  load(): StoredGraph | null {
    try {
      const { graph, memory } = readSealed(this.#file) as Content;
      const placed = placeWeights(
        graph.weights.map(([file]) => file),
        this.#directory,
      );
      if (graph.weights.some(([file, name]) => placed.get(file) !== join(this.#directory, name))) return null;
      const parts = [graph.model, ...(graph.attached === undefined ? [] : [graph.attached])];
      if (!parts.every((name) => hasModel(name, this.#directory))) return null;
      markUsed(this.#file);
      return (this.#as.restore?.(memory) ?? true) ? graph : null;
    } catch {
      // Missing, damaged, or of weights that are no longer there: the function is traced.
      return null;
    }
  }

  /** Keeps a graph, and forgets those that nobody comes back to. */
  store(graph: StoredGraph): void {
    forgetUnused(this.#directory);
    writeSealed(this.#file, { graph, memory: this.#as.remember?.() ?? null } satisfies Content);
  }
}

interface Content {
  readonly graph: StoredGraph;
  readonly memory: unknown;
}
