import { parser, userFolder, wholeNumber } from '../common/flags.ts';
import { methodNames, type MethodName } from '../common/methods.ts';
import { userPath } from '../common/paths.ts';

export const weightTypes = ['bfloat16', 'float16', 'float32'] as const;

export type WeightType = (typeof weightTypes)[number];

export interface LargeArguments {
  /** A checkpoint's folder instead of random weights; null for those. */
  readonly model: string | null;
  readonly layers: number;
  readonly dtype: WeightType;
  readonly method: MethodName;
  readonly rank: number;
  /** Tokens of the one sequence. */
  readonly length: number;
  readonly threads: number;
  readonly turns: number;
  /** Where the random weights are written; null: the system's folder for temporary files. */
  readonly scratch: string | undefined;
  readonly json: boolean;
}

/** @throws UsageError saying what was expected. */
export function largeArguments(args: readonly string[]): LargeArguments {
  const number = (flag: string, value: number, describe: string) =>
    ({ coerce: wholeNumber(flag), requiresArg: true, default: value, describe }) as const;
  const given = parser(args, 'nx run benchmarks:large')
    .usage("Measures a training step on a model of LLaMA-7B's shape with random weights: memory and time.")
    .option('model', { type: 'string', requiresArg: true, describe: 'a checkpoint folder instead of random weights' })
    .option('layers', number('layers', 32, 'layers of the random model; fewer for a try'))
    .option('dtype', { choices: weightTypes, default: 'bfloat16' as const, describe: 'of the random weights' })
    .option('method', { choices: methodNames, default: 'lomap' as const, describe: 'on q, k, v, up and down' })
    .option('rank', number('rank', 16, 'of the adapters'))
    .option('length', number('length', 128, 'tokens of the sequence'))
    .option('threads', number('threads', 2, 'threads'))
    .option('turns', number('turns', 3, 'steps, and passes of the bare products'))
    .option('scratch', { type: 'string', requiresArg: true, describe: 'an existing folder with room for the weights' })
    .option('json', { type: 'boolean', default: false, describe: 'print one object on one line' })
    .parseSync();
  const { layers, dtype, method, rank, length, threads, turns, json } = given;
  return {
    model: given.model === undefined ? null : userFolder('model', given.model),
    ...{ layers, dtype, method, rank, length, threads, turns, json },
    scratch: given.scratch === undefined ? undefined : userPath(userFolder('scratch', given.scratch)),
  };
}
