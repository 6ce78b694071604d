import { UsageError, listOf, numbersOf, parser, wholeNumber } from '../common/flags.ts';
import { methodNames, type MethodName } from '../common/methods.ts';
import { HEAD, dimensions, type Dimension } from './cases.ts';

export interface GrowthArguments {
  readonly dimensions: readonly Dimension[];
  /** Values of each dimension; the base case's is added where it is not among them. */
  readonly values: Readonly<Record<Dimension, readonly number[]>>;
  readonly methods: readonly MethodName[];
  readonly batch: number;
  readonly threads: number;
  /** Timed steps of a case and side. */
  readonly runs: number;
  /** Only our engine. */
  readonly alone: boolean;
  readonly json: boolean;
}

/** Rows of BERT's position embedding. */
const MAX_LENGTH = 512;

/** @throws UsageError saying what was expected. */
export function growthArguments(args: readonly string[]): GrowthArguments {
  const values = (flag: Dimension, ofBase: string, describe: string) =>
    ({
      type: 'string',
      coerce: numbersOf(flag),
      requiresArg: true,
      default: ofBase,
      describe: `${describe}, separated by commas`,
    }) as const;
  const given = parser(args, 'nx run benchmarks:growth')
    .usage(
      'Times the training step as it grows in one dimension at a time from MiniLM-L6’s shape: ours and PyTorch + PEFT’s.',
    )
    .option('dimensions', {
      coerce: listOf('dimensions', dimensions),
      requiresArg: true,
      default: dimensions.join(','),
      describe: 'what grows',
    })
    .option('layers', values('layers', '2,6,12', 'numbers of layers'))
    .option('width', values('width', '192,384,768', `widths of the hidden states, multiples of ${HEAD}`))
    .option('length', values('length', '16,32,64,128', 'tokens an example'))
    .option('rank', values('rank', '2,8,32,64', 'ranks'))
    .option('methods', {
      coerce: listOf('methods', methodNames),
      requiresArg: true,
      default: 'lora',
      describe: `some of ${methodNames.join(',')}`,
    })
    .option('batch-size', {
      alias: 'batch',
      coerce: wholeNumber('batch-size'),
      requiresArg: true,
      default: 16,
      describe: 'examples a step',
    })
    .option('threads', { coerce: wholeNumber('threads'), requiresArg: true, default: 2, describe: 'threads a side' })
    .option('runs', { coerce: wholeNumber('runs'), requiresArg: true, default: 10, describe: 'timed steps of a case' })
    .option('alone', { type: 'boolean', default: false, describe: 'our engine only' })
    .option('json', { type: 'boolean', default: false, describe: 'print one object on one line' })
    .parseSync();
  const { layers, width, length, rank } = given as unknown as Record<Dimension, number[]>;
  const tooLong = length.find((tokens) => tokens > MAX_LENGTH);
  if (tooLong !== undefined) throw new UsageError(`--length ${tooLong}: BERT takes at most ${MAX_LENGTH} tokens.`);
  const uneven = width.find((features) => features % HEAD !== 0);
  if (uneven !== undefined) throw new UsageError(`--width ${uneven}: expected a multiple of ${HEAD}, a head's width.`);
  return {
    dimensions: given.dimensions as unknown as Dimension[],
    values: { layers, width, length, rank },
    methods: given.methods as unknown as MethodName[],
    batch: given.batchSize,
    threads: given.threads,
    runs: given.runs,
    alone: given.alone,
    json: given.json,
  };
}
