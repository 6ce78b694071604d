/** The flags of `lomap pack` and `lomap unpack`. */
import type { Argv } from 'yargs';

/** Of a flag given twice the last counts, as everywhere. */
const last = (value: string | string[] | undefined): string | undefined => [value].flat().at(-1);

function shared<T>(y: Argv<T>) {
  return (
    y
      // yargs keeps the names of a list as one argument given several times.
      .parserConfiguration({ 'duplicate-arguments-array': true, 'boolean-negation': false })
      .option('results', {
        type: 'string',
        coerce: last,
        describe: 'folder of sweeps [default: results]',
        requiresArg: true,
      })
      .option('dry-run', { type: 'boolean', default: false, describe: 'say what would be done, change nothing' })
  );
}

export function packOptions<T>(y: Argv<T>) {
  return shared(y)
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
    .option('out', {
      type: 'string',
      coerce: last,
      describe: 'where the folders go [default: beside the packed files]',
      requiresArg: true,
    })
    .option('keep', { type: 'boolean', default: false, describe: 'leave the packed files where they are' });
}
