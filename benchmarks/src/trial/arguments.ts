import { parser, userFolder, wholeNumber, UsageError } from '../common/flags.ts';
import { methodNames, type MethodName } from '../common/methods.ts';
import { workspacePath } from '../common/paths.ts';

/** The tasks that both sides can train on. */
export const trialTasks = ['MRPC', 'STS-B'] as const;

export type TrialTask = (typeof trialTasks)[number];

export interface TrialArguments {
  readonly task: TrialTask;
  readonly model: string;
  readonly data: string;
  readonly method: MethodName;
  readonly epochs: number;
  readonly maxSteps: number | null;
  readonly threads: number;
  /** Only our engine. */
  readonly alone: boolean;
  readonly json: boolean;
}

/** @throws UsageError saying what was expected. */
export function trialArguments(args: readonly string[]): TrialArguments {
  const given = parser(args, 'nx run benchmarks:trial')
    .usage('Times one whole trial, files to dev scores: our engine, then PyTorch + PEFT.')
    .option('task', { choices: trialTasks, default: 'MRPC' as const, requiresArg: true, describe: 'what is learned' })
    .option('model', { type: 'string', requiresArg: true, describe: 'checkpoint folder [../shared/models/minilm-l6]' })
    .option('data', { type: 'string', requiresArg: true, describe: 'folder that holds the task’s [../shared/glue]' })
    .option('method', { choices: methodNames, default: 'lora' as const, requiresArg: true, describe: 'what to train' })
    .option('epochs', { type: 'number', default: 3, requiresArg: true, describe: 'passes over the training rows' })
    .option('max-steps', {
      coerce: wholeNumber('max-steps'),
      requiresArg: true,
      describe: 'steps instead of epochs, for a try',
    })
    .option('threads', { coerce: wholeNumber('threads'), requiresArg: true, default: 1, describe: 'threads an engine' })
    .option('alone', { type: 'boolean', default: false, describe: 'our engine only' })
    .option('json', { type: 'boolean', default: false, describe: 'print one object on one line' })
    .parseSync();
  if (!(given.epochs > 0 && given.epochs <= 1000)) {
    throw new UsageError(`--epochs ${given.epochs}: expected a number above 0, at most 1000.`);
  }
  return {
    task: given.task,
    model: userFolder('model', given.model ?? workspacePath('../shared/models/minilm-l6')),
    data: userFolder('data', given.data ?? workspacePath('../shared/glue')),
    method: given.method,
    epochs: given.epochs,
    maxSteps: (given.maxSteps as number | undefined) ?? null,
    threads: given.threads,
    alone: given.alone,
    json: given.json,
  };
}
