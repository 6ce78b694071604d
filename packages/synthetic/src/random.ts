/** Choices that follow from a key alone: the same on every machine, whatever was drawn elsewhere. */
import { createHash } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of choices. Integers only: nothing here depends on a platform's floating point. */
export interface Draw {
  /** 0 to n - 1. */
  readonly int: (n: number) => number;
  readonly pick: <T>(list: readonly T[]) => T;
  /** Different elements, in the order drawn. Meant for few. */
  readonly sample: <T>(list: readonly T[], count: number) => T[];
  /** True with probability numerator/denominator. */
  readonly chance: (numerator: number, denominator: number) => boolean;
}

/** The stream of choices that a key names. */
export function drawOf(...key: readonly (string | number)[]): Draw {
  // Hashed, so that neighbouring keys give unrelated streams.
  const state = createHash('sha256').update(JSON.stringify(key)).digest().readInt32LE(0);
  const generator = xoroshiro128plus(state);
  return drawWith((n) => uniformInt(generator, 0, n - 1));
}

/** Choices that can be made again from the start: the k-th is the same every time. */
export interface Plan extends Draw {
  readonly rewind: () => void;
}

const LARGE = 2 ** 31;

export function planFrom(draw: Draw): Plan {
  const made: number[] = [];
  let next = 0;
  const int = (n: number): number => {
    if (next === made.length) made.push(draw.int(LARGE));
    return made[next++]! % n;
  };
  return { ...drawWith(int), rewind: () => (next = 0) };
}

function drawWith(int: (n: number) => number): Draw {
  return {
    int,
    pick: (list) => list[int(list.length)]!,
    sample: (list, count) => {
      if (count > list.length) throw new RangeError(`${count} different elements of ${list.length} were asked for.`);
      const chosen: number[] = [];
      while (chosen.length < count) {
        const at = int(list.length);
        if (!chosen.includes(at)) chosen.push(at);
      }
      return chosen.map((at) => list[at]!);
    },
    chance: (numerator, denominator) => int(denominator) < numerator,
  };
}

/**
 * The first result that is not undefined.
 *
 * @throws Error after 100,000 attempts: the grammar cannot make what was asked for.
 */
export function until<T>(what: string, attempt: () => T | undefined): T {
  for (let i = 0; i < 100_000; i++) {
    const result = attempt();
    if (result !== undefined) return result;
  }
  throw new Error(`The grammar made no ${what} in 100,000 attempts: its choices contradict each other.`);
}
