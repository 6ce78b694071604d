/** The flags of `lomap pack` and `lomap unpack`. */
import type { Argv } from 'yargs';
import { folderOption } from './path-options.ts';

function shared<T>(y: Argv<T>) {
  return (
    y
      // yargs keeps the names of a list as one argument given several times.
      .parserConfiguration({ 'duplicate-arguments-array': true, 'boolean-negation': false })
      .option('results', folderOption('--results', 'folder of sweeps [default: results]'))
      .option('dry-run', { type: 'boolean', default: false, describe: 'say what would be done, change nothing' })
  );
}

export function packOptions<T>(y: Argv<T>) {
  return shared(y)
    .epilogue(
      'Curves of more than 100 steps are thinned to at most 100 means of 4 digits, which cannot be undone; everything else is ' +
        'kept to the bit. --keep leaves the folders.',
    )
    .positional('sweeps', { type: 'string', array: true, demandOption: true, describe: "names of sweeps' folders" })
    .option('keep', { type: 'boolean', default: false, describe: "leave the trials' folders beside the packed files" });
}

export function unpackOptions<T>(y: Argv<T>) {
  return shared(y)
    .positional('sweep', { type: 'string', demandOption: true, describe: "name of the sweep's folder" })
    .positional('trials', {
      type: 'string',
      array: true,
      default: [] as string[],
      describe: 'ids or folder names, or their beginnings [default: every trial]',
    })
    .option('out', folderOption('--out', 'folder that the folders go to [default: beside the packed files]'))
    .option('keep', { type: 'boolean', default: false, describe: 'leave the packed files where they are' });
}
