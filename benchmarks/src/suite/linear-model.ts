/** Linear baselines: softmax regression for classes, least squares for a value. */
import type { SparseRow } from './features.ts';

export interface LinearModel {
  /** Outputs [numOutputs] of a row. */
  readonly outputs: (row: SparseRow) => number[];
}

export interface FitOptions {
  /** λ of the penalty λ/2 ‖W‖². */
  readonly l2: number;
  readonly steps: number;
  readonly learningRate: number;
}

/** Fixed, and not tuned to any task: the loss has all but stopped falling. */
export const fitDefaults: FitOptions = { l2: 1e-4, steps: 400, learningRate: 0.05 };

/**
 * Minimises the mean loss (cross-entropy of softmax for targets that are classes, half the squared error for values)
 * + λ/2 ‖W‖² by full-batch Adam from zero. Deterministic.
 *
 * @param targets class ids if numOutputs > 1, else values.
 */
export function fitLinear(
  rows: readonly SparseRow[],
  targets: readonly number[],
  { features, numOutputs }: { readonly features: number; readonly numOutputs: number },
  { l2, steps, learningRate }: FitOptions = fitDefaults,
): LinearModel {
  const weights = new Float64Array(features * numOutputs);
  const [first, second] = [new Float64Array(weights.length), new Float64Array(weights.length)];
  const gradient = new Float64Array(weights.length);
  // Values are fitted from their mean, or the bias would spend its steps on getting there.
  const offset = numOutputs === 1 ? targets.reduce((sum, value) => sum + value, 0) / targets.length : 0;
  const outputs = (row: SparseRow): number[] => {
    const sums = new Array<number>(numOutputs).fill(offset);
    row.indices.forEach((id, at) => {
      for (let k = 0; k < numOutputs; k++) sums[k]! += weights[id * numOutputs + k]! * row.values[at]!;
    });
    return sums;
  };
  for (let step = 1; step <= steps; step++) {
    for (let i = 0; i < weights.length; i++) gradient[i] = l2 * weights[i]!;
    rows.forEach((row, example) => {
      const errors =
        numOutputs === 1 ? [outputs(row)[0]! - targets[example]!] : softmaxErrors(outputs(row), targets[example]!);
      row.indices.forEach((id, at) => {
        for (let k = 0; k < numOutputs; k++) {
          gradient[id * numOutputs + k]! += (errors[k]! * row.values[at]!) / rows.length;
        }
      });
    });
    adam(weights, gradient, first, second, step, learningRate);
  }
  return { outputs };
}

function softmaxErrors(logits: number[], target: number): number[] {
  const largest = Math.max(...logits);
  const exponentials = logits.map((value) => Math.exp(value - largest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value, k) => value / sum - (k === target ? 1 : 0));
}

function adam(
  weights: Float64Array,
  gradient: Float64Array,
  first: Float64Array,
  second: Float64Array,
  step: number,
  learningRate: number,
): void {
  const [c1, c2] = [1 - 0.9 ** step, 1 - 0.999 ** step];
  for (let i = 0; i < weights.length; i++) {
    first[i] = 0.9 * first[i]! + 0.1 * gradient[i]!;
    second[i] = 0.999 * second[i]! + 0.001 * gradient[i]! ** 2;
    weights[i]! -= (learningRate * (first[i]! / c1)) / (Math.sqrt(second[i]! / c2) + 1e-8);
  }
}
