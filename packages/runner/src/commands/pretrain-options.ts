/** The flags of `lomap pretrain`, apart from the command so that `lomap --help` need not load it. */
import type { Argv } from 'yargs';
import { wholeNumber } from '../config/flags.ts';
import { fileOption, folderOption } from './path-options.ts';

/** The flags of `lomap pretrain`. */
export function pretrainOptions<T>(y: Argv<T>) {
  return y
    .option('config', fileOption('--config', 'pretraining file [default: experiments/pretraining/small-encoder.json]'))
    .option('out', folderOption('--out', "the model's folder [default: experiments/pretraining/<name>]"))
    .option('device', { type: 'string', describe: 'cpu, webgpu, cuda, tfjs-...', requiresArg: true })
    .option('threads', {
      type: 'number',
      coerce: wholeNumber('threads'),
      describe: 'threads [default: one a core]',
      requiresArg: true,
    })
    .option('max-steps', {
      type: 'number',
      coerce: wholeNumber('max-steps'),
      describe: 'optimizer steps instead of those of the file',
      requiresArg: true,
    });
}
