/** The flags of `lomap sweep` and of the commands that read a sweep's file or folders. */
import type { Argv } from 'yargs';
import { wholeNumber } from '../config/flags.ts';
import { fileOption, folderOption } from './path-options.ts';

/** Where a sweep's file and folders are. */
export function folderOptions<T>(y: Argv<T>) {
  return y
    .option('config', fileOption('--config', 'sweep file [default: experiments/sweeps/quick.json]'))
    .option('out', folderOption('--out', 'results folder [default: results/<sweep name>]'))
    .option('format', {
      choices: ['table', 'json'] as const,
      default: 'table' as const,
      describe: 'of what is printed',
    });
}

/** The folders, and the flags that change what the file says. */
export function gridOptions<T>(y: Argv<T>) {
  return folderOptions(y)
    .option('tasks', { type: 'string', describe: "replaces the file's tasks: rte,mrpc", requiresArg: true })
    .option('methods', { type: 'string', describe: "replaces the file's methods: lora,lomap", requiresArg: true })
    .option('seeds', {
      type: 'string',
      describe: "replaces the file's seeds: a count (3) or a list (4,5)",
      requiresArg: true,
    })
    .option('max-steps', {
      type: 'number',
      coerce: wholeNumber('max-steps'),
      describe: 'optimizer steps instead of epochs',
      requiresArg: true,
    })
    .option('max-train-samples', {
      type: 'number',
      coerce: wholeNumber('max-train-samples'),
      describe: 'training rows, drawn by seed',
      requiresArg: true,
    })
    .option('max-dev-samples', {
      type: 'number',
      coerce: wholeNumber('max-dev-samples'),
      describe: 'dev rows to score, drawn by seed: for looking',
      requiresArg: true,
    })
    .option('learning-rate', {
      type: 'string',
      describe: "learning rate of all methods in place of the file's rates and search: 1e-3, or a curve: 1e-3,3e-3",
      requiresArg: true,
    })
    .option('no-search', {
      type: 'boolean',
      default: false,
      describe: 'train at the rates of the settings, without the search',
    })
    .option('rank', {
      type: 'string',
      describe: 'rank of every method that has one: 8, or a row of each: 4,8',
      requiresArg: true,
    })
    .option('device', { type: 'string', describe: 'cpu, webgpu, cuda, tfjs-...', requiresArg: true });
}

/** The flags of `lomap validate`, and further files. */
export function validateOptions<T>(y: Argv<T>) {
  return (
    gridOptions(y)
      // yargs keeps the names of a list as one argument given several times.
      .parserConfiguration({ 'duplicate-arguments-array': true, 'boolean-negation': false })
      .positional('files', { type: 'string', array: true, describe: 'beside --config' })
  );
}

/** The flags of `lomap sweep`. */
export function sweepOptions<T>(y: Argv<T>) {
  return gridOptions(y)
    .option(
      'model',
      folderOption('--model', "checkpoint folder, or ORG/NAME on the Hugging Face hub [default: the sweep file's]"),
    )
    .option(
      'data',
      folderOption('--data', "folder of GLUE's files, glue (downloaded) or synthetic [default: the sweep file's]"),
    )
    .option('jobs', {
      type: 'number',
      coerce: wholeNumber('jobs'),
      describe: 'trials at a time [default: one a core, at most 8; one a GPU with --gpus]',
      requiresArg: true,
    })
    .option('threads', {
      type: 'number',
      coerce: wholeNumber('threads'),
      describe: 'threads a trial [default: cores / jobs]',
      requiresArg: true,
    })
    .option('gpus', {
      type: 'string',
      describe: 'GPUs that trials are dealt to with --device cuda: 0,1 [default: all see the same]',
      requiresArg: true,
    })
    .option('executor', { type: 'string', describe: 'what runs the trials [default: local]', requiresArg: true })
    .option('site', fileOption('--site', "settings of this site's executor [default: the file in LOMAP_SITE]"))
    .option('dry-run', { type: 'boolean', default: false, describe: 'show the plan, run nothing' })
    .option('retry-failed', { type: 'boolean', default: false, describe: 'run failed trials again' })
    .option('fail-fast', { type: 'boolean', default: false, describe: 'stop at the first failure' })
    .option('keep-adapters', {
      type: 'boolean',
      default: false,
      describe: "leave each trial's adapter/ beside its result",
    });
}
