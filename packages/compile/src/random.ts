/**
 * Randomness by explicit keys: every stream is a pure function of a seed and of labels that say what it is for, so
 * that a run can be repeated, resumed at any step and paired with another method's run.
 */
import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Names one random stream: a seed and the labels that lead to it. */
export interface Key {
  readonly seed: number;
  readonly labels: readonly (string | number)[];
}

/** The root key of a seed, an integer of at most 2⁵³ - 1. */
export function key(seed: number, ...labels: (string | number)[]): Key {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`A seed is an integer, not ${seed}.`);
  return { seed, labels };
}

/** The key of a stream inside another one. Different labels give independent streams. */
export function fold(parent: Key, ...labels: (string | number)[]): Key {
  return { seed: parent.seed, labels: [...parent.labels, ...labels] };
}

/** 32 bits that depend on every part of the key: the first four bytes of the SHA-256 of its JSON. */
export function bits(of: Key): number {
  return createHash('sha256')
    .update(JSON.stringify([of.seed, ...of.labels]))
    .digest()
    .readUInt32LE(0);
}

/** `count` values uniform in [low, high), as float32: those of pure-rand's `uniformFloat64`. */
export function uniform(of: Key, count: number, low = 0, high = 1): Float32Array {
  // A pool of dropout takes 2²⁵ draws: written out here they take a fraction of the calls' time.
  let [s01, s00, s11, s10] = xoroshiro128plus(bits(of)).getState() as [number, number, number, number];
  const values = new Float32Array(count);
  let upper = 0;
  for (let draw = 0; draw < 2 * count; draw++) {
    const out = (s00 + s10) | 0;
    const a0 = s10 ^ s00;
    const a1 = s11 ^ s01;
    const low0 = s00;
    s00 = (s00 << 24) ^ (s01 >>> 8) ^ a0 ^ (a0 << 16);
    s01 = (s01 << 24) ^ (low0 >>> 8) ^ a1 ^ ((a1 << 16) | (a0 >>> 16));
    s10 = (a1 << 5) ^ (a0 >>> 27);
    s11 = (a0 << 5) ^ (a1 >>> 27);
    if ((draw & 1) === 0) upper = out & 0x3ffffff;
    else values[draw >> 1] = low + (high - low) * (upper * 2 ** -26 + (out & 0x7ffffff) * 2 ** -53);
  }
  return values;
}

/** `count` values of a normal distribution, as float32 (Box-Muller). */
export function normal(of: Key, count: number, mean = 0, deviation = 1): Float32Array {
  const generator = xoroshiro128plus(bits(of));
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - uniformFloat64(generator)));
    const angle = 2 * Math.PI * uniformFloat64(generator);
    values[i] = mean + radius * Math.cos(angle);
    if (i + 1 < count) values[i + 1] = mean + radius * Math.sin(angle);
  }
  return values;
}

/** The integers 0 to count - 1 in random order (Fisher-Yates). */
export function permutation(of: Key, count: number): Int32Array {
  const generator = xoroshiro128plus(bits(of));
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = uniformInt(generator, 0, i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
