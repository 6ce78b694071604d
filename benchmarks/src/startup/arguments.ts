import { parser, userFolder, wholeNumber } from '../common/flags.ts';
import { methodNames, type MethodName } from '../common/methods.ts';

export interface StartupArguments {
  /** The checkpoint's folder; null: the default one, or random weights where it is missing. */
  readonly model: string | null;
  readonly method: MethodName;
  readonly threads: number;
  /** Pairs of a start with an empty cache and one with the cache that it left. */
  readonly runs: number;
  readonly json: boolean;
}

/** @throws UsageError saying what was expected. */
export function startupArguments(args: readonly string[]): StartupArguments {
  const given = parser(args, 'nx run benchmarks:startup')
    .usage('Times what comes before a trial’s first step has ended, with an empty cache and with a filled one.')
    .option('model', { type: 'string', requiresArg: true, describe: 'checkpoint folder [../shared/models/minilm-l6]' })
    .option('method', { choices: methodNames, default: 'lora' as const, requiresArg: true, describe: 'what to train' })
    .option('threads', { coerce: wholeNumber('threads'), requiresArg: true, default: 1, describe: 'threads' })
    .option('runs', { coerce: wholeNumber('runs'), requiresArg: true, default: 5, describe: 'pairs of starts' })
    .option('json', { type: 'boolean', default: false, describe: 'print one object on one line' })
    .parseSync();
  const { method, threads, runs, json } = given;
  return { model: given.model === undefined ? null : userFolder('model', given.model), method, threads, runs, json };
}
