import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashCode, type CachedAs } from '@lomap/compile';
import type { TrainableModel } from './model.ts';

/**
 * How a compiled function of a model is found again by later processes: by what the model's identity says, what it is
 * made for, and the code of this package and of those that a model and a method come from. Undefined where the model has
 * no identity: then it is traced in each.
 */
export function cachedAs(
  { reuse }: Pick<TrainableModel, 'reuse'>,
  purpose: unknown,
  memory: Omit<CachedAs, 'key'> = {},
): CachedAs | undefined {
  return reuse && { key: JSON.stringify([codeOfModels(), reuse.identity, purpose]), ...memory };
}

function codeOfModels(): string[] {
  const require = createRequire(import.meta.url);
  const ofMethods = require.resolve('@lomap/peft');
  const entries = [
    fileURLToPath(import.meta.url),
    require.resolve('@lomap/models'),
    ofMethods,
    // A package of the methods', not of this one.
    createRequire(ofMethods).resolve('@lomap/map'),
  ];
  return entries.map((entry) => hashCode(dirname(entry)));
}
