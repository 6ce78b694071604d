import type { PretrainResult } from '@lomap/train';
import { stringify } from 'csv-stringify/sync';

/** Steps that a row of the log is the mean of. */
const WINDOW = 50;

/**
 * The training log as CSV: a row for every 50 steps and for every evaluation, with the mean loss and gradient norm of the
 * steps since the row before. Six digits; the same run gives the same bytes.
 */
export function formatTrainingLog({ curves, evaluations, steps }: PretrainResult): string {
  const evaluated = new Map(evaluations.map((evaluation) => [evaluation.step, evaluation]));
  const norms = Object.values(curves.gradientNorm);
  const norm = curves.loss.map((_, k) => Math.hypot(...norms.map((values) => values[k]!)));
  const rows: (string | number)[][] = [];
  let from = 0;
  for (let step = 1; step <= steps; step++) {
    const evaluation = evaluated.get(step);
    if (step % WINDOW !== 0 && step !== steps && !evaluation) continue;

    rows.push([
      step,
      digits(curves.learningRate[step - 1]!),
      digits(mean(curves.loss, from, step)),
      digits(mean(norm, from, step)),
      evaluation ? digits(evaluation.loss) : '',
      evaluation ? digits(evaluation.accuracy) : '',
    ]);
    from = step;
  }
  const header = ['step', 'learning_rate', 'loss', 'gradient_norm', 'held_out_loss', 'held_out_accuracy'];
  return stringify([header, ...rows]);
}

function mean(values: readonly number[], from: number, to: number): number {
  return values.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
}

function digits(value: number): string {
  return String(Number(value.toPrecision(6)));
}
