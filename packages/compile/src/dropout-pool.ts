import { existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WeightSource } from './frozen-source.ts';
import { key, uniform } from './random.ts';

/** Number of values in a pool. A window may be as long as half of it: attention masks of 32 x 12 x 128 x 128 fit. */
export const POOL_SIZE = 1 << 24;

/** Changed whenever the pool's contents change, so that an old file is not taken for a new one. */
const POOL_VERSION = 1;

/**
 * A constant pool of dropout multipliers: each value is 0 with probability `rate`, else 1/(1 - rate).
 *
 * ONNX's random operators keep hidden state and differ by provider; a window of this pool at an offset derived from
 * (seed, step, site) is exactly repeatable, resumable at any step and the same everywhere. The file is made once in
 * `cacheDirectory` and shared by every process that maps it.
 *
 * @throws RangeError when the rate is not in [0, 1).
 */
export function dropoutPool(rate: number, cacheDirectory: string): WeightSource {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`A dropout rate lies in [0, 1), not ${rate}.`);
  const name = `dropout-${rate}-v${POOL_VERSION}`;
  const file = join(cacheDirectory, `${name}.bin`);
  if (!existsSync(file) || statSync(file).size !== 4 * POOL_SIZE) {
    mkdirSync(cacheDirectory, { recursive: true });
    const values = uniform(key(POOL_VERSION, 'dropout-pool', rate), POOL_SIZE);
    const kept = 1 / (1 - rate);
    for (let i = 0; i < POOL_SIZE; i++) values[i] = values[i]! < rate ? 0 : kept;
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, new Uint8Array(values.buffer));
    renameSync(partial, file);
  }
  return { name, file, offset: 0, shape: [POOL_SIZE] };
}
