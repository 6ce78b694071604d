/** The command line `lomap`. */
import yargs, { type Argv } from 'yargs';
import { wholeNumber } from './config/flags.ts';
import { didYouMean } from './config/nearest.ts';
import { exportOptions, inspectOptions } from './commands/adapter-options.ts';
import { doctorOptions } from './commands/doctor-options.ts';
import { listCommand, showCommand, statusCommand } from './commands/list.ts';
import { powerOptions } from './commands/power-options.ts';
import { pretrainOptions } from './commands/pretrain-options.ts';
import { sweepCommand } from './commands/sweep.ts';
import { validateCommand } from './commands/validate.ts';
import { FailureError, UsageError, exitCodes, explainSystemError } from './errors.ts';
import { serve } from './worker/serve.ts';

/** Runs one command and exits with its code, or serves trials until the runner is gone. */
export async function main(args: readonly string[]): Promise<void> {
  // An output that nobody reads any more (`lomap list | head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) =>
    process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.failure),
  );
  if (args[0] === 'worker') {
    if (!process.send) {
      process.exit(
        tell(new UsageError('`lomap worker` is started by `lomap sweep`, not by hand.', 'See lomap --help.')),
      );
    }
    const { executeTrial } = await import('./worker/execute-trial.ts');
    serve(executeTrial);
    return;
  }
  if (args[0] === 'doctor-probe' && process.send) {
    const { serveProbe } = await import('./commands/doctor-probe.ts');
    serveProbe();
    return;
  }
  // TensorFlow.js and ONNX Runtime can keep handles open; what had to be written is written.
  process.exit(await run(args));
}

/** Runs one command; returns its exit code. Errors are told in one message each. */
export async function run(args: readonly string[]): Promise<number> {
  const command: { code: Promise<number> } = { code: Promise.resolve(exitCodes.ok) };
  try {
    await parser(args, (code) => (command.code = code)).parseAsync();
    return await command.code;
  } catch (error) {
    return tell(error);
  }
}

function parser(args: readonly string[], start: (code: Promise<number>) => unknown): Argv {
  const print = (text: string | Promise<string>): unknown =>
    start(Promise.resolve(text).then((line) => (console.log(line), exitCodes.ok)));
  const line = ['npx lomap', ...args]
    .map(quote)
    .join(' ')
    .replace(/^'npx lomap'/, 'npx lomap');
  return (
    yargs([...args])
      .scriptName('lomap')
      .locale('en')
      .parserConfiguration({ 'duplicate-arguments-array': false, 'boolean-negation': false })
      .command(
        'sweep',
        'Run the trials of a sweep file that are not finished yet',
        (y) =>
          grid(y)
            .option('model', {
              type: 'string',
              describe: "checkpoint folder, or ORG/NAME on the Hugging Face hub [default: the file's]",
              requiresArg: true,
            })
            .option('data', {
              type: 'string',
              describe: "folder of GLUE's files, glue (downloaded) or synthetic [default: the file's]",
              requiresArg: true,
            })
            .option('jobs', {
              type: 'number',
              coerce: wholeNumber('jobs'),
              describe: 'trials at a time [default: one a core, at most 8; one a GPU with --gpus]',
              requiresArg: true,
            })
            .option('threads', {
              type: 'number',
              coerce: wholeNumber('threads'),
              describe: 'threads a trial [default: cores / jobs]',
              requiresArg: true,
            })
            .option('gpus', {
              type: 'string',
              describe: 'GPUs that trials are dealt to with --device cuda: 0,1 [default: all see the same]',
              requiresArg: true,
            })
            .option('dry-run', { type: 'boolean', default: false, describe: 'show the plan, run nothing' })
            .option('retry-failed', { type: 'boolean', default: false, describe: 'run failed trials again' })
            .option('fail-fast', { type: 'boolean', default: false, describe: 'stop at the first failure' })
            .option('keep-adapters', {
              type: 'boolean',
              default: false,
              describe: "leave each trial's adapter/ beside its result",
            }),
        (argv) => void start(sweepCommand(argv, line)),
      )
      .command(
        'pretrain',
        'Pretrain a small encoder on synthetic text',
        pretrainOptions,
        (argv) => void start(import('./commands/pretrain.ts').then((pretrain) => pretrain.pretrainCommand(argv, line))),
      )
      .command('list', 'Trials and their states', folders, (argv) => void print(listCommand(argv)))
      .command('status', 'Counts by state, and who runs the sweep', folders, (argv) => void print(statusCommand(argv)))
      .command(
        'show <trial>',
        'One trial, by its id or folder (or their beginning)',
        (y) => folders(y).positional('trial', { type: 'string', demandOption: true }),
        (argv) => void print(showCommand(argv)),
      )
      .command(
        'validate',
        'Check a sweep file: all errors at once',
        grid,
        (argv) => void start(Promise.resolve().then(() => (console.log(validateCommand(argv)), exitCodes.ok))),
      )
      .command(
        'report',
        'Tables, charts and a page of finished sweeps',
        (y) =>
          y
            .option('results', {
              type: 'string',
              describe: 'folder of sweeps, or of one [default: results]',
              requiresArg: true,
            })
            .option('out', {
              type: 'string',
              describe: 'where to write [default: beside the results]',
              requiresArg: true,
            })
            .option('sweep', { type: 'string', describe: 'only this sweep', requiresArg: true }),
        (argv) => void print(import('./commands/report.ts').then(({ reportCommand }) => reportCommand(argv))),
      )
      .command(
        'power',
        'How many seeds a difference takes',
        powerOptions,
        (argv) => void print(import('./commands/power.ts').then(({ powerCommand }) => powerCommand(argv))),
      )
      .command(
        'export',
        "An adapter as HF PEFT's, as a plain LoRA, or merged into a checkpoint",
        exportOptions,
        (argv) => void print(import('./commands/export.ts').then(({ exportCommand }) => exportCommand(argv))),
      )
      .command(
        'inspect <adapter>',
        'What an adapter is',
        inspectOptions,
        (argv) => void print(import('./commands/inspect.ts').then(({ inspectCommand }) => inspectCommand(argv))),
      )
      .command(
        'doctor',
        'Test every device with a real training run',
        doctorOptions,
        (argv) =>
          void start(
            import('./commands/doctor.ts')
              .then(({ doctorCommand }) => doctorCommand(argv))
              .then(({ text, code }) => (console.log(text), code)),
          ),
      )
      .demandCommand(1, 1, 'Which command?', 'One command at a time.')
      .strict()
      .version(false)
      .help()
      .exitProcess(false)
      // yargs passes no error when it is the one who complains, whatever its types say.
      .fail((message, error: Error | undefined) => {
        throw error ?? new UsageError(`${message}${nearestTo(message)}`, 'See lomap --help.');
      })
  );
}

const commands = [
  'sweep',
  'pretrain',
  'list',
  'status',
  'show',
  'validate',
  'report',
  'power',
  'doctor',
  'export',
  'inspect',
];
const flags = [
  ...[
    'config',
    'model',
    'data',
    'tasks',
    'methods',
    'seeds',
    'jobs',
    'threads',
    'out',
    'max-steps',
    'max-train-samples',
  ],
  ...['device', 'dry-run', 'retry-failed', 'fail-fast', 'format', 'results', 'sweep', 'help'],
  ...['difference', 'deviation', 'from', 'power', 'alpha', 'comparisons', 'steps', 'json', 'gpus'],
  ...['adapter', 'base', 'keep-adapters'],
];

/** What follows yargs' `Unknown argument: tassk`: the nearest flag or command. */
function nearestTo(message: string): string {
  const unknown = /^Unknown (argument|command)s?: ([\w-]+)/.exec(message);
  return unknown ? `.${didYouMean(unknown[2] ?? '', [...flags, ...commands])}` : '';
}

/** Where a sweep's file and folders are. */
function folders<T>(y: Argv<T>) {
  return y
    .option('config', {
      type: 'string',
      describe: 'sweep file [default: experiments/sweeps/quick.json]',
      requiresArg: true,
    })
    .option('out', { type: 'string', describe: 'results folder [default: results/<sweep name>]', requiresArg: true })
    .option('format', {
      choices: ['table', 'json'] as const,
      default: 'table' as const,
      describe: 'of what is printed',
    });
}

/** The folders, and the flags that change what the file says. */
function grid<T>(y: Argv<T>) {
  return folders(y)
    .option('tasks', { type: 'string', describe: "replaces the file's tasks: rte,mrpc", requiresArg: true })
    .option('methods', { type: 'string', describe: "replaces the file's methods: lora,lomap", requiresArg: true })
    .option('seeds', {
      type: 'string',
      describe: "replaces the file's seeds: a count (3) or a list (4,5)",
      requiresArg: true,
    })
    .option('max-steps', {
      type: 'number',
      coerce: wholeNumber('max-steps'),
      describe: 'optimizer steps instead of epochs',
      requiresArg: true,
    })
    .option('max-train-samples', {
      type: 'number',
      coerce: wholeNumber('max-train-samples'),
      describe: 'training rows, drawn by seed',
      requiresArg: true,
    })
    .option('device', { type: 'string', describe: 'cpu, webgpu, cuda, tfjs-...', requiresArg: true });
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** One message on stderr, and the exit code that goes with it. A stack only for what nobody foresaw. */
function tell(error: unknown): number {
  const usage = error instanceof UsageError || (error instanceof Error && error.name === 'YError');
  if (usage || error instanceof FailureError) {
    console.error(`lomap: ${error.message}`);
    const hint = 'hint' in error ? error.hint : null;
    if (typeof hint === 'string') console.error(hint);
    return usage ? exitCodes.usage : exitCodes.failure;
  }
  const system = explainSystemError(error);
  if (system) {
    console.error(`lomap: ${system.message}`);
    if (system.hint !== null) console.error(system.hint);
    return exitCodes.failure;
  }
  console.error(error);
  return exitCodes.failure;
}
