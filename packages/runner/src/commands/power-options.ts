/** The flags of `lomap power`, apart from the command so that `lomap --help` need not load the reports. */
import type { Argv } from 'yargs';
import { folderOption } from './path-options.ts';

export interface PowerArguments {
  readonly difference?: number | undefined;
  readonly 'half-width'?: number | undefined;
  readonly equivalence?: number | undefined;
  readonly deviation?: number | undefined;
  readonly from?: string | undefined;
  readonly seeds?: number | undefined;
  readonly power?: number | undefined;
  readonly alpha?: number | undefined;
  readonly comparisons?: number | undefined;
}

/** The flags of `lomap power`. */
export function powerOptions<T>(y: Argv<T>) {
  const number = (describe: string) => ({ type: 'number', describe, requiresArg: true }) as const;
  return y
    .option('difference', number('true mean difference to be shown, in points'))
    .option('half-width', number('half the width of a 95 % t interval to be reached, in points'))
    .option('equivalence', number("margin of equality to be shown, in points; the report's is 0.3"))
    .option('deviation', number('standard deviation of the paired differences over seeds, in points'))
    .option('from', folderOption('--from', "a finished sweep's folder results/<sweep>, for each method's deviation"))
    .option('seeds', number('seeds to judge [default: those of --from]'))
    .option('power', number('power that is wanted [default: 0.8]'))
    .option('alpha', number('two-sided level, and that of each test of equality [default: 0.05]'))
    .option('comparisons', number('rows that Holm is over [default: those of --from, or 1]'));
}
