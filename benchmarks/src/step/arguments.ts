import { glueTask, glueTasks } from '@lomap/glue';
import { UsageError, listOf, parser, userFolder, wholeNumber } from '../common/flags.ts';
import { methodNames, RANK, stepMethodNames, type MethodName } from '../common/methods.ts';
import { workspacePath } from '../common/paths.ts';

/**
 * What can be timed. `floor` is the compiled step's matrix products alone; `tfjs-wasm` and `tfjs-node` the same function
 * run eagerly by TensorFlow.js, in WebAssembly and on libtensorflow; `torch-compile` PyTorch + PEFT under torch.compile.
 */
export const engineNames = [
  'compiled',
  'floor',
  'tfjs-wasm',
  'tfjs-node',
  'pytorch-peft',
  'torch-compile',
  'jax',
] as const;

export type EngineName = (typeof engineNames)[number];

export interface StepArguments {
  /** The checkpoint's folder; null: the default one, or random weights where it is missing. */
  readonly model: string | null;
  readonly engines: readonly EngineName[];
  /** Whether the user named the engines: then one that is not there is an error. */
  readonly enginesNamed: boolean;
  readonly methods: readonly MethodName[];
  /** Of every adapter. */
  readonly rank: number;
  readonly threads: number;
  /** Timed steps of an engine and method. */
  readonly runs: number;
  /** The same for `tfjs-wasm`, which takes seconds a step. */
  readonly tfjsRuns: number;
  readonly batch: number;
  /** Tokens an example; with `lengths` the most tokens of one, to which peers that do not pack pad all. */
  readonly length: number;
  /** The task whose real lengths the examples have; null: all have `length` tokens. */
  readonly lengths: string | null;
  /** The folder that holds that task's data. */
  readonly data: string | null;
  readonly json: boolean;
}

/** Rows of BERT's position embedding. */
const MAX_LENGTH = 512;

/** @throws UsageError saying what was expected. */
export function stepArguments(args: readonly string[]): StepArguments {
  const given = parser(args, 'nx run benchmarks:step')
    .usage(
      'Times the training step, in turn: our compiled engine, its floor, eager TensorFlow.js, PyTorch + PEFT, JAX.',
    )
    .option('model', { type: 'string', requiresArg: true, describe: 'checkpoint folder [../shared/models/minilm-l6]' })
    .option('engines', {
      coerce: listOf('engines', engineNames),
      requiresArg: true,
      describe: `some of ${engineNames.join(',')} [all there are]`,
    })
    .option('methods', {
      coerce: listOf('methods', stepMethodNames),
      requiresArg: true,
      default: methodNames.join(','),
      describe: `some of ${stepMethodNames.join(',')}`,
    })
    .option('rank', {
      coerce: wholeNumber('rank'),
      requiresArg: true,
      default: RANK,
      describe: 'rank of every adapter',
    })
    .option('threads', { coerce: wholeNumber('threads'), requiresArg: true, default: 2, describe: 'threads an engine' })
    .option('runs', { coerce: wholeNumber('runs'), requiresArg: true, default: 20, describe: 'timed steps' })
    .option('tfjs-runs', {
      coerce: wholeNumber('tfjs-runs'),
      requiresArg: true,
      default: 2,
      describe: 'the same for tfjs-wasm (seconds a step)',
    })
    // Nx takes --batch for itself, so there the long name is needed.
    .option('batch-size', {
      alias: 'batch',
      coerce: wholeNumber('batch-size'),
      requiresArg: true,
      describe: 'examples a step [16, with --lengths 32]',
    })
    .option('length', {
      coerce: wholeNumber('length'),
      requiresArg: true,
      describe: 'tokens an example, with --lengths at most [32, with --lengths 128]',
    })
    .option('lengths', {
      type: 'string',
      requiresArg: true,
      describe: 'a GLUE task: its real lengths, packed for us and padded to --length for the peers',
    })
    .option('data', { type: 'string', requiresArg: true, describe: 'folder that holds its data [../shared/glue]' })
    .option('json', { type: 'boolean', default: false, describe: 'print one object on one line' })
    .parseSync();
  const lengths = given.lengths === undefined ? null : taskNamed(given.lengths);
  const length = (given.length as number | undefined) ?? (lengths === null ? 32 : 128);
  const methods = given.methods as unknown as MethodName[];
  const engines = given.engines as unknown as EngineName[] | undefined;
  const withoutJax = methods.filter((method) => !jaxHas(method));
  if (engines?.includes('jax') && withoutJax.length > 0) {
    throw new UsageError(`--engines jax has no ${withoutJax.join(', ')}: expected some of ${methodNames.join(', ')}.`);
  }
  if (length > MAX_LENGTH) throw new UsageError(`--length ${length}: BERT takes at most ${MAX_LENGTH} tokens.`);
  return {
    model: given.model === undefined ? null : userFolder('model', given.model),
    engines: engines ?? engineNames,
    enginesNamed: engines !== undefined,
    methods,
    rank: given.rank,
    threads: given.threads,
    runs: given.runs,
    tfjsRuns: Math.min(given.tfjsRuns, given.runs),
    batch: (given.batchSize as number | undefined) ?? (lengths === null ? 16 : 32),
    length,
    lengths,
    data: lengths === null ? null : userFolder('data', given.data ?? workspacePath('../shared/glue')),
    json: given.json,
  };
}

/** Whether JAX's peer has the method. */
export function jaxHas(method: MethodName): boolean {
  return methodNames.some((known) => known === method);
}

function taskNamed(name: string): string {
  try {
    return glueTask(name).title;
  } catch {
    throw new UsageError(`--lengths ${name}: expected one of ${glueTasks.map((task) => task.name).join(', ')}.`);
  }
}
