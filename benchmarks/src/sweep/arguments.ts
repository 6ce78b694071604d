import { availableParallelism } from 'node:os';
import { listOf, numbersOf, parser, userFolder, wholeNumber } from '../common/flags.ts';
import { methodNames, type MethodName } from '../common/methods.ts';
import { workspacePath } from '../common/paths.ts';

export const sweepTasks = ['MRPC', 'STS-B', 'CoLA'] as const;

export type SweepTask = (typeof sweepTasks)[number];

export interface SweepArguments {
  readonly model: string;
  readonly data: string;
  readonly tasks: readonly SweepTask[];
  readonly method: MethodName;
  /** How many one-thread processes train at once: a measurement of each task for each number. */
  readonly jobs: readonly number[];
  /** Batches of one turn. */
  readonly batches: number;
  /** Turns of each side. */
  readonly runs: number;
  readonly batch: number;
  readonly dropout: number;
  /** Only our engine. */
  readonly alone: boolean;
  readonly json: boolean;
}

/** @throws UsageError saying what was expected. */
export function sweepArguments(args: readonly string[]): SweepArguments {
  const given = parser(args, 'nx run benchmarks:sweep')
    .usage(
      'Counts the training sequences a second of one-thread processes, one and several: ours and PyTorch + PEFT’s.',
    )
    .option('model', { type: 'string', requiresArg: true, describe: 'checkpoint folder [../shared/models/minilm-l6]' })
    .option('data', { type: 'string', requiresArg: true, describe: 'folder that holds the tasks’ [../shared/glue]' })
    .option('tasks', {
      coerce: listOf('tasks', sweepTasks),
      requiresArg: true,
      default: sweepTasks.join(','),
      describe: 'whose training rows',
    })
    .option('method', { choices: methodNames, default: 'lora' as const, requiresArg: true, describe: 'what to train' })
    .option('jobs', {
      type: 'string',
      coerce: numbersOf('jobs'),
      requiresArg: true,
      default: `1,${availableParallelism()}`,
      defaultDescription: '1,cores',
      describe: 'numbers of processes at once, separated by commas',
    })
    .option('batches', { coerce: wholeNumber('batches'), requiresArg: true, default: 4, describe: 'batches a turn' })
    .option('runs', { coerce: wholeNumber('runs'), requiresArg: true, default: 8, describe: 'turns of each side' })
    .option('batch-size', {
      alias: 'batch',
      coerce: wholeNumber('batch-size'),
      requiresArg: true,
      default: 32,
      describe: 'examples a step',
    })
    .option('no-dropout', { type: 'boolean', default: false, describe: 'rate 0 instead of 0.1' })
    .option('alone', { type: 'boolean', default: false, describe: 'our engine only' })
    .option('json', { type: 'boolean', default: false, describe: 'print one object on one line' })
    .parseSync();
  const { method, batches, runs, alone, json } = given;
  return {
    model: userFolder('model', given.model ?? workspacePath('../shared/models/minilm-l6')),
    data: userFolder('data', given.data ?? workspacePath('../shared/glue')),
    tasks: given.tasks as unknown as SweepTask[],
    ...{ method, batches, runs },
    jobs: given.jobs as unknown as number[],
    batch: given.batchSize,
    dropout: given.noDropout ? 0 : 0.1,
    ...{ alone, json },
  };
}
