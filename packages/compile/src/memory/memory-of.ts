import { castFrozen } from '../passes/cast-frozen.ts';
import { optimize } from '../passes/index.ts';
import { recompute } from '../recompute/recompute.ts';
import { unify } from '../symbolic/unify.ts';
import { trace, type Point } from '../trace/trace.ts';
import type { Specs } from '../tree.ts';
import { accountMemory, type MemoryAccount } from './account.ts';

/**
 * What a function would take, compiled for `cpu` and run at these sizes of its symbols, without compiling it: nothing is
 * computed or allocated, so that it says of any size whether it would fit.
 */
export function memoryOf<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  options: { readonly inputs: Specs<A>; readonly sizes: Point; readonly recompute?: boolean | undefined },
): MemoryAccount {
  const untyped = f as unknown as (...args: never[]) => unknown;
  const { graph } = trace(untyped, options.inputs as readonly unknown[], options.sizes, options.recompute);
  const optimized = optimize(unify([graph], [options.sizes]));
  return accountMemory(castFrozen(options.recompute ? recompute(optimized) : optimized));
}
