import { syntheticSource } from '@lomap/synthetic';
import { listOf, parser, userFolder } from '../common/flags.ts';

const taskNames = syntheticSource.tasks.map(({ name }) => name);

export interface SuiteArguments {
  /** A folder in GLUE's layout; null: the synthetic suite, written to a temporary folder. */
  readonly data: string | null;
  readonly tasks: readonly string[];
  readonly json: boolean;
}

/** @throws UsageError saying what was expected. */
export function suiteArguments(args: readonly string[]): SuiteArguments {
  const given = parser(args, 'nx run benchmarks:suite')
    .usage('Scores what needs no reading on the synthetic suite: majority, and linear models of bags of words.')
    .option('data', { type: 'string', requiresArg: true, describe: 'folder in GLUE’s layout [the suite, made anew]' })
    .option('tasks', {
      coerce: listOf('tasks', taskNames),
      requiresArg: true,
      describe: `some of ${taskNames.join(',')} [all]`,
    })
    .option('json', { type: 'boolean', default: false, describe: 'print one object on one line' })
    .parseSync();
  return {
    data: given.data === undefined ? null : userFolder('data', given.data),
    tasks: (given.tasks as string[] | undefined) ?? taskNames,
    json: given.json,
  };
}
