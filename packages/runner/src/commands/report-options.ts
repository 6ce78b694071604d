/** The flags of `lomap report`, apart from the command so that `lomap --help` need not load the reports. */
import type { Argv } from 'yargs';
import { folderOption } from './path-options.ts';
import { pluginsOption } from './plugins-option.ts';

/** The flags of `lomap report`. */
export function reportOptions<T>(y: Argv<T>) {
  return y
    .option('results', folderOption('--results', 'folder of sweeps, or of one [default: results]'))
    .option('out', folderOption('--out', 'folder to write to [default: beside the results]'))
    .option('sweep', { type: 'string', describe: 'only this sweep', requiresArg: true })
    .option('plugins', pluginsOption);
}
