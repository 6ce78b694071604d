import { UsageError, listOf, parser, wholeNumber } from '../common/flags.ts';
import { methodNames, type MethodName } from '../common/methods.ts';
import { modelNames, type ModelName } from '../common/model-shapes.ts';

export const memoryEngines = ['compiled', 'pytorch-peft'] as const;

export type MemoryEngine = (typeof memoryEngines)[number];

export interface BatchShape {
  readonly batch: number;
  readonly length: number;
}

export interface MemoryArguments {
  readonly models: readonly ModelName[];
  readonly shapes: readonly BatchShape[];
  readonly methods: readonly MethodName[];
  readonly engines: readonly MemoryEngine[];
  /** Whether the user named the engines: then one that is not there is an error. */
  readonly enginesNamed: boolean;
  readonly threads: number;
  /** Training steps before the evaluation. */
  readonly steps: number;
  readonly json: boolean;
}

/** @throws UsageError saying what was expected. */
export function memoryArguments(args: readonly string[]): MemoryArguments {
  const given = parser(args, 'nx run benchmarks:memory')
    .usage('Measures the peak memory of training and one evaluation, each case in a process of its own.')
    .option('models', {
      coerce: listOf('models', modelNames),
      requiresArg: true,
      default: modelNames.join(','),
      describe: 'shapes, with random weights',
    })
    .option('shapes', {
      // 0x5 would be read as a number.
      type: 'string',
      coerce: shapes,
      requiresArg: true,
      default: '16x32,32x32,32x128',
      describe: 'examples x tokens, separated by commas',
    })
    .option('methods', {
      coerce: listOf('methods', methodNames),
      requiresArg: true,
      default: methodNames.join(','),
      describe: 'methods to measure',
    })
    .option('engines', {
      coerce: listOf('engines', memoryEngines),
      requiresArg: true,
      describe: `some of ${memoryEngines.join(',')} [all there are]`,
    })
    .option('threads', { coerce: wholeNumber('threads'), requiresArg: true, default: 1, describe: 'threads an engine' })
    .option('steps', { coerce: wholeNumber('steps'), requiresArg: true, default: 3, describe: 'training steps' })
    .option('json', { type: 'boolean', default: false, describe: 'print one object on one line' })
    .parseSync();
  return {
    models: given.models as unknown as ModelName[],
    shapes: given.shapes as unknown as BatchShape[],
    methods: given.methods as unknown as MethodName[],
    engines: given.engines ?? memoryEngines,
    enginesNamed: given.engines !== undefined,
    threads: given.threads,
    steps: given.steps,
    json: given.json,
  };
}

/** Reads `16x32,32x128`. */
function shapes(value: unknown): BatchShape[] {
  return String(value)
    .split(',')
    .map((text) => {
      const [, batch, length] = /^\s*([1-9]\d{0,3})x([1-9]\d{0,2})\s*$/.exec(text) ?? [];
      const shape = { batch: Number(batch), length: Number(length) };
      if (batch === undefined || shape.length > 512) {
        throw new UsageError(`--shapes ${text}: expected examples x tokens as 16x32, at most 512 tokens.`);
      }
      return shape;
    });
}
