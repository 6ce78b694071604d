/** The flags of `lomap report`, apart from the command so that `lomap --help` need not load the reports. */
import type { Argv } from 'yargs';

/** The flags of `lomap report`. */
export function reportOptions<T>(y: Argv<T>) {
  return y
    .option('results', {
      type: 'string',
      describe: 'folder of sweeps, or of one [default: results]',
      requiresArg: true,
    })
    .option('out', {
      type: 'string',
      describe: 'where to write [default: beside the results]',
      requiresArg: true,
    })
    .option('sweep', { type: 'string', describe: 'only this sweep', requiresArg: true });
}
