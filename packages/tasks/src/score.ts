/** From a model's outputs to a task's metrics. */
import { metricNamed } from './metrics/registry.ts';
import type { Task } from './task.ts';

export interface Scored {
  /** The task's metrics by name, all finite. */
  readonly scores: Record<string, number>;
  /** What the reader of the scores must know: an undefined metric, outputs that are not finite. */
  readonly notes: string[];
}

/**
 * Scores outputs [n, numLabels] against labels [n]. The prediction is the class of the largest output (the first of
 * equal ones), or the output itself for regression. Outputs that are not finite never win a class; in regression they
 * make every metric its floor. Both are noted.
 *
 * @throws RangeError if there is nothing to score or a shape is wrong.
 */
export function score(
  task: Pick<Task, 'title' | 'kind' | 'numLabels' | 'metrics'>,
  logits: readonly (readonly number[])[],
  labels: readonly number[],
): Scored {
  checkShapes(task, logits, labels);
  const notes: string[] = [];
  const broken = logits.filter((row) => !row.every(Number.isFinite)).length;
  if (broken > 0) notes.push(`the outputs of ${broken} of ${logits.length} examples are not finite`);

  const regression = task.kind === 'regression';
  const predictions = logits.map((row) => (regression ? row[0]! : argmax(row)));
  const measure = (name: string): number => {
    const metric = metricNamed(name);
    if (regression && broken > 0) return metric.floor;
    const { value, undefinedBecause } = metric.measure(predictions, labels, logits);
    if (undefinedBecause) notes.push(`${name} is undefined, reported as ${value}: ${undefinedBecause}`);
    return value;
  };
  return { scores: Object.fromEntries(task.metrics.map((name) => [name, measure(name)])), notes };
}

function argmax(row: readonly number[]): number {
  const candidates = row.map((value) => (Number.isFinite(value) ? value : -Infinity));
  return candidates.indexOf(Math.max(...candidates));
}

function checkShapes(
  task: Pick<Task, 'title' | 'numLabels'>,
  logits: readonly (readonly number[])[],
  labels: readonly number[],
): void {
  if (labels.length === 0) throw new RangeError(`${task.title}: there are no examples to score.`);
  if (logits.length !== labels.length) {
    throw new RangeError(
      `${task.title}: expected ${labels.length} rows of logits, one a label, found ${logits.length}.`,
    );
  }
  const wrong = logits.findIndex((row) => row.length !== task.numLabels);
  if (wrong >= 0) {
    const found = logits[wrong]!.length;
    throw new RangeError(
      `${task.title}: expected ${task.numLabels} logits in each row, found ${found} in row ${wrong}.`,
    );
  }
}
