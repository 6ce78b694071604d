import { elementwiseCases } from './elementwise.ts';
import type { KernelCases } from './kernel-case.ts';
import { matrixCases } from './matrices.ts';
import { reductionCases } from './reductions.ts';
import { shapeCases } from './shapes.ts';

export type { KernelCase, KernelCases } from './kernel-case.ts';

/** The cases of every supported kernel, by its name. */
export const kernelCases: KernelCases = { ...elementwiseCases, ...matrixCases, ...reductionCases, ...shapeCases };
