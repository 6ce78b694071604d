import { bits, dropoutPool, fold, frozen, key, maskWindow, POOL_SIZE, tf } from '@lomap/compile';
import type { Dropout } from '@lomap/models';

/** Places in a model (adapters included) where dropout is applied; the length of the offsets' vector. */
export const MAX_SITES = 1024;

/** The dropout sites of one training function, found while it runs or is traced. */
export interface DropoutSites {
  /** Names in the order of first call; a site's index is its place here. */
  readonly names: readonly string[];
  /** The dropout of one call of the training function, reading its masks at `offsets`, int32 [MAX_SITES]. */
  at(offsets: tf.Tensor1D): Dropout;
  /**
   * Registers what `names` was in an earlier process, where the function is neither run nor traced. False, and nothing
   * happens, where it is no list of names or others are registered.
   */
  restore(names: unknown): boolean;
}

/**
 * Registers dropout sites in call order. The same function traced again finds the same sites, and a name called twice
 * keeps its index (and its mask).
 *
 * Masks are windows of a constant pool (one for each rate, made once and kept in `cacheDirectory`), so they are the
 * same on every device. A rate of 0 is the identity and registers nothing.
 */
export function dropoutSites(cacheDirectory: string): DropoutSites {
  const indices = new Map<string, number>();
  const indexOf = (site: string): number => {
    const index = indices.get(site) ?? indices.size;
    if (index === MAX_SITES) throw new Error(`More than ${MAX_SITES} dropout sites; raise MAX_SITES in @lomap/train.`);
    indices.set(site, index);
    return index;
  };
  return {
    get names() {
      return [...indices.keys()];
    },
    restore(names) {
      if (
        !isListOfNames(names) ||
        (indices.size > 0 && JSON.stringify([...indices.keys()]) !== JSON.stringify(names))
      ) {
        return false;
      }
      names.forEach(indexOf);
      return true;
    },
    at(offsets) {
      const pools = new Map<number, tf.Tensor1D>();
      return (x, site, rate) => {
        if (rate === 0) return x;
        if (!(rate > 0 && rate < 1)) throw new RangeError(`The dropout rate at ${site} is ${rate}; expected [0, 1).`);
        const pool = pools.get(rate) ?? (frozen(dropoutPool(rate, cacheDirectory)) as tf.Tensor1D);
        pools.set(rate, pool);
        return tf.mul(x, maskWindow(pool, offsets, indexOf(site), x.shape));
      };
    },
  };
}

function isListOfNames(names: unknown): names is string[] {
  return (
    Array.isArray(names) &&
    names.length <= MAX_SITES &&
    names.every((name) => typeof name === 'string') &&
    new Set(names).size === names.length
  );
}

/**
 * Where each site reads the pool at this step: bits(seed, 'dropout', step, site) mod POOL_SIZE / 2, by index; 0 at the
 * places no site has. It depends on a site's name, not on its index: methods with different sites share the masks of
 * those they have in common. A part p > 0 of a batch reads elsewhere, at bits(seed, 'dropout', step, site, p).
 */
export function dropoutOffsets(seed: number, step: number, sites: readonly string[], part = 0): Int32Array {
  const offsets = new Int32Array(MAX_SITES);
  const ofPart = part === 0 ? [] : [part];
  sites.forEach((site, index) => {
    offsets[index] = bits(fold(key(seed), 'dropout', step, site, ...ofPart)) % (POOL_SIZE / 2);
  });
  return offsets;
}
