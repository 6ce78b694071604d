import { UsageError, listOf, parser, userFolder, wholeNumber } from '../common/flags.ts';
import { methodNames, type MethodName } from '../common/methods.ts';

/** What can be timed. `tfjs` is the same function run eagerly, on wasm where that has the kernels. */
export const engineNames = ['compiled', 'tfjs', 'pytorch-peft'] as const;

export type EngineName = (typeof engineNames)[number];

export interface StepArguments {
  /** The checkpoint's folder; null: the default one, or random weights where it is missing. */
  readonly model: string | null;
  readonly engines: readonly EngineName[];
  /** Whether the user named the engines: then one that is not there is an error. */
  readonly enginesNamed: boolean;
  readonly methods: readonly MethodName[];
  readonly threads: number;
  /** Timed steps of an engine and method. */
  readonly runs: number;
  /** The same for eager TensorFlow.js, which takes seconds a step. */
  readonly tfjsRuns: number;
  readonly batch: number;
  readonly length: number;
  readonly json: boolean;
}

/** Rows of BERT's position embedding. */
const MAX_LENGTH = 512;

/** @throws UsageError saying what was expected. */
export function stepArguments(args: readonly string[]): StepArguments {
  const given = parser(args, 'nx run benchmarks:step')
    .usage('Times the training step: our compiled engine, eager TensorFlow.js, and PyTorch + PEFT, in turn.')
    .option('model', { type: 'string', requiresArg: true, describe: 'checkpoint folder [../shared/models/minilm-l6]' })
    .option('engines', {
      coerce: listOf('engines', engineNames),
      requiresArg: true,
      describe: `${engineNames.join(',')} [all there are]`,
    })
    .option('methods', {
      coerce: listOf('methods', methodNames),
      requiresArg: true,
      default: methodNames.join(','),
      describe: 'methods to time',
    })
    .option('threads', { coerce: wholeNumber('threads'), requiresArg: true, default: 2, describe: 'threads an engine' })
    .option('runs', { coerce: wholeNumber('runs'), requiresArg: true, default: 20, describe: 'timed steps' })
    .option('tfjs-runs', {
      coerce: wholeNumber('tfjs-runs'),
      requiresArg: true,
      default: 2,
      describe: 'the same for eager TensorFlow.js (seconds a step)',
    })
    // Nx takes --batch for itself, so there the long name is needed.
    .option('batch-size', {
      alias: 'batch',
      coerce: wholeNumber('batch-size'),
      requiresArg: true,
      default: 16,
      describe: 'examples a step',
    })
    .option('length', { coerce: wholeNumber('length'), requiresArg: true, default: 32, describe: 'tokens an example' })
    .option('json', { type: 'boolean', default: false, describe: 'print one object on one line' })
    .parseSync();
  if (given.length > MAX_LENGTH)
    throw new UsageError(`--length ${given.length}: BERT takes at most ${MAX_LENGTH} tokens.`);
  return {
    model: given.model === undefined ? null : userFolder('model', given.model),
    engines: given.engines ?? engineNames,
    enginesNamed: given.engines !== undefined,
    methods: given.methods as unknown as MethodName[],
    threads: given.threads,
    runs: given.runs,
    tfjsRuns: Math.min(given.tfjsRuns, given.runs),
    batch: given.batchSize,
    length: given.length,
    json: given.json,
  };
}
