import type { SymbolicGraph } from '../symbolic/unify.ts';
import { shareCommonSubexpressions } from './common-subexpressions.ts';
import { dropDeadCode } from './dead-code.ts';
import { foldGemm } from './gemm.ts';
import { foldScales } from './scales.ts';
import { simplify } from './simplify.ts';

/** All graph passes, in the order in which they help each other. */
export function optimize(graph: SymbolicGraph): SymbolicGraph {
  const passes = [dropDeadCode, simplify, dropDeadCode, shareCommonSubexpressions, foldGemm, foldScales, dropDeadCode];
  return passes.reduce((current, pass) => pass(current), graph);
}
