/** What a trial of each method trains and holds in memory, from the model's shapes: no weight is read. */
import { taskNamed } from '@lomap/data';
import { checkpointShapes, type CheckpointShapes } from '@lomap/models';
import { countParameters } from '@lomap/peft';
import { createOptimizer } from '@lomap/train';
import { cellOf, type Sweep } from '../config/sweep.ts';
import { textTable } from '../progress/table.ts';
import { storedText } from '../sources/stored-text.ts';

export interface TrialSize {
  readonly label: string;
  /** Trained parameters, with the head of the sweep's first task. */
  readonly adapter: number;
  readonly head: number;
  /** Bytes of the trained values and the optimizer's slots, before and after a step, and of the gradient. */
  readonly stateBytes: number;
}

export interface TrialSizes {
  readonly rows: readonly TrialSize[];
  readonly weights: CheckpointShapes['stored'];
}

/** One row a method, as it is trained on the sweep's first task. */
export function trialSizes(sweep: Sweep, model: string): TrialSizes {
  const task = sweep.tasks[0]!;
  const shapes = checkpointShapes(model, taskNamed(task).numLabels);
  const rows = sweep.labels.map((label): TrialSize => {
    const { method, training } = cellOf(sweep, task, label);
    const { adapter, head } = countParameters(shapes, method);
    const { slots } = createOptimizer(training.optimizer ?? 'adamw', {
      ...{ betas: training.betas, epsilon: training.adamEpsilon, weightDecay: training.weightDecay },
      learningRateScale: () => 1,
    });
    return { label, adapter, head, stateBytes: 4 * (2 * (1 + slots.length) + 1) * (adapter + head) };
  });
  return { rows, weights: shapes.stored };
}

/** The sizes in words. */
export function trialSizeLines({ rows, weights }: TrialSizes): string[] {
  return [
    textTable(
      ['method', 'trained in adapters', 'in the head', 'state MiB'],
      rows.map(({ label, adapter, head, stateBytes }) => [label, `${adapter}`, `${head}`, mebibytes(stateBytes)]),
    ),
    '',
    `Memory: ${sizeText(weights.bytes)} of weights (${storedText(weights)}), mapped once for all processes. Each process has ` +
      'the state (values, optimizer and gradient) and activations of its own.',
  ];
}

function sizeText(bytes: number): string {
  const [unit, name] = bytes < 1e9 ? [1e6, 'MB'] : [1e9, 'GB'];
  return `${(bytes / unit).toPrecision(3)} ${name}`;
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
