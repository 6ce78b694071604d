import type { BetweenSteps, Place } from '../../between-steps.ts';

/** When ranks are taken away, how many are left, and how importance is averaged. */
export interface RankSettings {
  /** Mean rank of a matrix that is left at the end. */
  readonly targetRank: number;
  /** Steps before the first allocation, after the last, and between two: a share of all steps below 1, or steps. */
  readonly tinit: number;
  readonly tfinal: number;
  readonly deltaT: number;
  /** Of the moving means of sensitivity and uncertainty. */
  readonly beta1: number;
  readonly beta2: number;
}

/** Names of a matrix's tensors: right [r, in], values [r, 1], left [out, r]. A triplet is a row, an entry and a column. */
export interface TripletNames {
  readonly right: string;
  readonly values: string;
  readonly left: string;
}

/**
 * What an allocation has come to. Sensitivity and uncertainty are the moving means of each entry's: by matrix, its right,
 * left and values tensor. Kept is 1 for a triplet that the last allocation kept, 0 for one that it took away: by matrix, in
 * the order of its values.
 */
type Memory = readonly [sensitivity: Float32Array, uncertainty: Float32Array, kept: Float32Array];

/** AdaLoRA's rule between steps. It is settled when the last allocation is done. */
export interface RankSchedule extends BetweenSteps {
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
export function rankSchedule(
  settings: RankSettings,
  matrices: readonly TripletNames[],
  places: ReadonlyMap<string, Place>,
  steps: number,
): RankSchedule {
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
  const triplets = placed(matrices, places);
  const initial = triplets.reduce((sum, { rank }) => sum + rank, 0);
  const target = targetRank * triplets.length;
  const budget = (t: number): number => {
    if (t <= tinit) return initial;
    if (t >= last) return target;
    return Math.trunc((initial - target) * (1 - (t - tinit) / (last - tinit)) ** 3 + target);
  };

  const measure = ([sensitivity, uncertainty]: Memory, params: Float32Array, gradient: Float32Array): void => {
    for (const { tensors } of triplets) {
      for (const { size, inParams, inMemory } of tensors) {
        for (let i = 0; i < size; i++) {
          const at = inMemory + i;
          const now = Math.abs(params[inParams + i]! * gradient[inParams + i]!);
          sensitivity[at] = beta1 * sensitivity[at]! + (1 - beta1) * now;
          uncertainty[at] = beta2 * uncertainty[at]! + (1 - beta2) * Math.abs(now - sensitivity[at]!);
        }
      }
    }
  };

  const allocate = (memory: Memory, keep: number): void => {
    const importance = triplets.flatMap((matrix) => importances(matrix, memory));
    const threshold = [...importance].sort((a, b) => a - b)[initial - keep - 1] ?? Number.NEGATIVE_INFINITY;
    importance.forEach((value, i) => (memory[2][i] = Number(value > threshold)));
  };

  const without = ([, , kept]: Memory, params: Float32Array): Float32Array => {
    const left = params.slice();
    let at = 0;
    for (const { rank, values } of triplets) {
      for (let r = 0; r < rank; r++) if (kept[at++] === 0) left[values + r] = 0;
    }
    return left;
  };

  const entries = triplets.flatMap(({ tensors }) => tensors).reduce((sum, { size }) => sum + size, 0);
  return {
    fresh: () => [new Float32Array(entries), new Float32Array(entries), new Float32Array(initial).fill(1)],
    after(memory, t, params, gradient) {
      const own = memory as Memory;
      if (t < last) measure(own, params, gradient);
      const allocates = t === last || (t > tinit && t < last && t % deltaT === 0);
      if (allocates) allocate(own, budget(t));
      return allocates || t > last ? without(own, params) : params;
    },
    settled: (t) => t >= last,
    budget,
  };
}

/** A tensor's entries in the flat vector and in the memory. */
interface Entries {
  readonly size: number;
  readonly inParams: number;
  readonly inMemory: number;
}

/** Where a matrix's triplets lie. */
interface Triplets {
  readonly rank: number;
  readonly right: Entries;
  readonly left: Entries;
  readonly tensors: readonly [Entries, Entries, Entries];
  /** First value in the flat vector, and in the memory. */
  readonly values: number;
}

function placed(matrices: readonly TripletNames[], places: ReadonlyMap<string, Place>): Triplets[] {
  let inMemory = 0;
  const entries = (name: string): Entries => {
    const place = places.get(name);
    if (!place) throw new Error(`${name}, whose ranks are allocated, is not among the trained tensors.`);
    inMemory += place.size;
    return { size: place.size, inParams: place.offset, inMemory: inMemory - place.size };
  };
  return matrices.map((names) => {
    const tensors = [entries(names.right), entries(names.left), entries(names.values)] as const;
    const [right, left, values] = tensors;
    return { rank: values.size, right, left, tensors, values: values.inParams };
  });
}

/** S of each of a matrix's triplets. Right is [r, in] and left [out, r], row-major. */
function importances({ rank, right, left, tensors }: Triplets, [sensitivity, uncertainty]: Memory): number[] {
  const score = (at: number): number => sensitivity[at]! * uncertainty[at]!;
  const [columns, rows] = [right.size / rank, left.size / rank];
  return Array.from({ length: rank }, (_, r) => {
    let [ofRow, ofColumn] = [0, 0];
    for (let i = 0; i < columns; i++) ofRow += score(right.inMemory + r * columns + i);
    for (let o = 0; o < rows; o++) ofColumn += score(left.inMemory + o * rank + r);
    return score(tensors[2].inMemory + r) + ofRow / columns + ofColumn / rows;
  });
}
