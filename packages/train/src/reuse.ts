/** Compiled functions kept from one trial for the next. */

/** Something costly to make that holds resources. */
export interface Disposable {
  dispose(): Promise<void>;
}

/** A value in use: it is neither given to somebody else nor disposed of until it is released. */
export interface Lease<T> {
  readonly value: T;
  /** Gives the value back; it may be kept for the next one who asks, or disposed of. */
  release(): Promise<void>;
}

/**
 * Keeps at most `capacity` unused values, those used last. A value is used by one lease at a time: a second lease of
 * the same key makes a second value.
 */
export class ReuseCache {
  private readonly capacity: number;
  /** Unused values, the one used longest ago first. */
  private readonly idle: { readonly key: string; readonly value: Disposable }[] = [];

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** The value kept under this key, or a new one. The caller answers for `key` deciding what `make` makes. */
  async lease<T extends Disposable>(key: string, make: () => Promise<T>): Promise<Lease<T>> {
    const at = this.idle.findLastIndex((entry) => entry.key === key);
    const [kept] = at < 0 ? [] : this.idle.splice(at, 1);
    const value = kept ? (kept.value as T) : await make();
    let released = false;
    return {
      value,
      release: async () => {
        if (released) return;
        released = true;
        this.idle.push({ key, value });
        while (this.idle.length > this.capacity) await this.idle.shift()?.value.dispose();
      },
    };
  }

  /** Disposes of everything that nobody uses. */
  async clear(): Promise<void> {
    for (const { value } of this.idle.splice(0)) await value.dispose();
  }
}

/** How a model's compiled functions are kept for the next model of the same identity. */
export interface Reuse {
  readonly cache: ReuseCache;
  /**
   * Tells apart everything that a traced function of the model contains: the weights' files, the method's settings, the
   * number of labels. Starting values, seeds and learning rates are inputs and have no part in it.
   */
  readonly identity: string;
}

/** Leases from the model's cache; without one the value is the caller's alone and disposed of at release. */
export async function leaseFrom<T extends Disposable>(
  reuse: Reuse | undefined,
  purpose: unknown,
  make: () => Promise<T>,
): Promise<Lease<T>> {
  if (reuse) return reuse.cache.lease(JSON.stringify([reuse.identity, purpose]), make);
  const value = await make();
  return { value, release: () => value.dispose() };
}
