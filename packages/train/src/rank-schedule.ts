import type { RankAllocation } from '@lomap/peft';
import type { Layout } from './layout.ts';

/** What an allocation of ranks has come to: part of a checkpoint. */
export interface RankState {
  /** The moving means of each entry's sensitivity and of its uncertainty: by matrix, its right, left and values tensor. */
  readonly sensitivity: Float32Array;
  readonly uncertainty: Float32Array;
  /** 1 for a triplet that the last allocation kept, 0 for one that it took away: by matrix, in the order of its values. */
  readonly kept: Float32Array;
}

/** Takes ranks away on the host, between steps: the step's graph knows nothing of it, since parameters are its inputs. */
export interface RankSchedule {
  /** Before the first step: nothing measured, everything kept. */
  fresh(): RankState;
  /**
   * The parameters [P] to go on with after step t = 1, 2, ..., the given ones if nothing is taken away. Moves the state on.
   *
   * @param params after the optimizer's step
   * @param gradient as the optimizer saw it
   */
  update(state: RankState, t: number, params: Float32Array, gradient: Float32Array): Float32Array;
  /** Whether the last allocation is done after t steps. */
  settled(t: number): boolean;
  /** How many triplets an allocation after step t keeps. */
  budget(t: number): number;
}

/**
 * AdaLoRA's schedule (Zhang et al., arXiv 2303.10512), as HF PEFT's RankAllocator computes it with steps counted from 1.
 *
 * After each step t < T - tfinal, for each entry w of a triplet with gradient g:
 *
 *     I = |w g|;  Ī ← β₁ Ī + (1 - β₁) I;  U ← β₂ U + (1 - β₂) |I - Ī|
 *
 * and a triplet's importance is S = Ī U of λ + the mean of Ī U over its row of Q + that over its column of P. Every deltaT
 * steps after tinit, and at last at T - tfinal, the b(t) most important of all matrices' triplets are kept and the λ of
 * the others set to 0; until the next allocation they train on and may come back. From T - tfinal they stay 0.
 *
 *     b(t) = b₁ + (b₀ - b₁)(1 - (t - tinit)/(T - tinit - tfinal))³, rounded down
 *
 * b₀ and b₁ are the initial and the target rank times the number of matrices. Triplets as important as the threshold go
 * with it.
 *
 * @param steps T; shares of the steps are rounded down, deltaT to at least 1
 * @throws RangeError for a schedule that has no step to allocate at.
 */
export function rankSchedule({ settings, matrices }: RankAllocation, layout: Layout, steps: number): RankSchedule {
  const { beta1, beta2, targetRank } = settings;
  const inSteps = (value: number): number => (value < 1 ? Math.floor(value * steps) : value);
  const [tinit, tfinal, deltaT] = [
    inSteps(settings.tinit),
    inSteps(settings.tfinal),
    Math.max(1, inSteps(settings.deltaT)),
  ];
  const last = steps - tfinal;
  if (tinit >= last) {
    throw new RangeError(
      `AdaLoRA takes ranks away after step tinit = ${tinit} and at the latest at step ${steps} - tfinal = ${last}: no step is ` +
        'between them. Lower tinit or tfinal, or train longer.',
    );
  }
  const triplets = placed(matrices, layout);
  const initial = triplets.reduce((sum, { rank }) => sum + rank, 0);
  const target = targetRank * triplets.length;
  const budget = (t: number): number => {
    if (t <= tinit) return initial;
    if (t >= last) return target;
    return Math.trunc((initial - target) * (1 - (t - tinit) / (last - tinit)) ** 3 + target);
  };

  const measure = ({ sensitivity, uncertainty }: RankState, params: Float32Array, gradient: Float32Array): void => {
    for (const { tensors } of triplets) {
      for (const { size, inParams, inState } of tensors) {
        for (let i = 0; i < size; i++) {
          const at = inState + i;
          const now = Math.abs(params[inParams + i]! * gradient[inParams + i]!);
          sensitivity[at] = beta1 * sensitivity[at]! + (1 - beta1) * now;
          uncertainty[at] = beta2 * uncertainty[at]! + (1 - beta2) * Math.abs(now - sensitivity[at]!);
        }
      }
    }
  };

  const allocate = (state: RankState, keep: number): void => {
    const importance = triplets.flatMap((matrix) => importances(matrix, state));
    const threshold = [...importance].sort((a, b) => a - b)[initial - keep - 1] ?? Number.NEGATIVE_INFINITY;
    importance.forEach((value, i) => (state.kept[i] = Number(value > threshold)));
  };

  const without = ({ kept }: RankState, params: Float32Array): Float32Array => {
    const left = params.slice();
    let at = 0;
    for (const { rank, values } of triplets) {
      for (let r = 0; r < rank; r++) if (kept[at++] === 0) left[values + r] = 0;
    }
    return left;
  };

  const entries = triplets.flatMap(({ tensors }) => tensors).reduce((sum, { size }) => sum + size, 0);
  return {
    fresh: () => ({
      sensitivity: new Float32Array(entries),
      uncertainty: new Float32Array(entries),
      kept: new Float32Array(initial).fill(1),
    }),
    update(state, t, params, gradient) {
      if (t < last) measure(state, params, gradient);
      const allocates = t === last || (t > tinit && t < last && t % deltaT === 0);
      if (allocates) allocate(state, budget(t));
      return allocates || t > last ? without(state, params) : params;
    },
    settled: (t) => t >= last,
    budget,
  };
}

/** A tensor's entries in the flat vector and in the state. */
interface Entries {
  readonly size: number;
  readonly inParams: number;
  readonly inState: number;
}

/** Where a matrix's triplets lie. */
interface Triplets {
  readonly rank: number;
  readonly right: Entries;
  readonly left: Entries;
  readonly tensors: readonly [Entries, Entries, Entries];
  /** First value in the flat vector, and in the state. */
  readonly values: number;
}

function placed(matrices: RankAllocation['matrices'], layout: Layout): Triplets[] {
  const byName = new Map(layout.segments.map((segment) => [segment.name, segment] as const));
  let inState = 0;
  const entries = (name: string): Entries => {
    const segment = byName.get(name);
    if (!segment) throw new Error(`${name}, whose ranks are allocated, is not among the trained tensors.`);
    inState += segment.size;
    return { size: segment.size, inParams: segment.offset, inState: inState - segment.size };
  };
  return matrices.map((names) => {
    const tensors = [entries(names.right), entries(names.left), entries(names.values)] as const;
    const [right, left, values] = tensors;
    return { rank: values.size, right, left, tensors, values: values.inParams };
  });
}

/** S of each of a matrix's triplets. Right is [r, in] and left [out, r], row-major. */
function importances({ rank, right, left, tensors }: Triplets, { sensitivity, uncertainty }: RankState): number[] {
  const score = (at: number): number => sensitivity[at]! * uncertainty[at]!;
  const [columns, rows] = [right.size / rank, left.size / rank];
  return Array.from({ length: rank }, (_, r) => {
    let [ofRow, ofColumn] = [0, 0];
    for (let i = 0; i < columns; i++) ofRow += score(right.inState + r * columns + i);
    for (let o = 0; o < rows; o++) ofColumn += score(left.inState + o * rank + r);
    return score(tensors[2].inState + r) + ofRow / columns + ofColumn / rows;
  });
}
