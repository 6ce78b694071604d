/** The command line `lomap`. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import yargs, { type Argv } from 'yargs';
import { checkArguments } from './commands/arguments.ts';
import { exportOptions, inspectOptions } from './commands/adapter-options.ts';
import { methodsOptions, settingsOptions, tasksOptions } from './commands/catalogue-options.ts';
import { doctorOptions } from './commands/doctor-options.ts';
import { listCommand, showCommand, statusCommand } from './commands/list.ts';
import { checkCommand, helpOf, nearestTo } from './commands/nearest-name.ts';
import { packOptions, unpackOptions } from './commands/pack-options.ts';
import { withPlugins } from './commands/plugins-option.ts';
import { powerOptions } from './commands/power-options.ts';
import { pretrainOptions } from './commands/pretrain-options.ts';
import { reportOptions } from './commands/report-options.ts';
import { folderOptions, sweepOptions, validateOptions } from './commands/sweep-options.ts';
import { sweepCommand } from './commands/sweep.ts';
import { validateCommand } from './commands/validate.ts';
import { UsageError, exitCodes, systemCode } from './errors.ts';
import { startedByNohup } from './interruption.ts';
import { tell } from './tell.ts';
import { serve } from './worker/serve.ts';

/** Runs one command and exits with its code, or serves trials until the runner is gone. */
export async function main(args: readonly string[]): Promise<void> {
  const output = outputThatMayEnd();
  // A listener that does nothing: what nohup asks for.
  if (startedByNohup()) process.on('SIGHUP', () => {});
  if (args[0] === 'worker') {
    if (!process.send) {
      process.exit(
        tell(new UsageError('`lomap worker` is started by `lomap sweep`, not by hand.', 'See lomap --help.')),
      );
    }
    const { openWorker } = await import('./worker/worker.ts');
    serve(openWorker);
    return;
  }
  if (args[0] === 'doctor-probe' && process.send) {
    const { serveProbe } = await import('./commands/doctor-probe.ts');
    serveProbe();
    return;
  }
  // TensorFlow.js and ONNX Runtime can keep handles open; what had to be written is written.
  const code = await run(args);
  process.exit(code === exitCodes.ok && (await output.lost()) ? exitCodes.failure : code);
}

/** A pipe's reader that has gone (`lomap list | head`), a terminal that was closed. */
const withoutReader: ReadonlySet<string | null> = new Set(['EPIPE', 'EIO', 'ENXIO', 'ECONNRESET']);

/**
 * Output that nobody reads any more is no error, and what a sweep computes is worth more than what it says: the command
 * goes on. `lost` tells of anything else that kept standard output from being written, such as a full disk.
 */
function outputThatMayEnd(): { lost(): Promise<boolean> } {
  let lost = false;
  process.stdout.on('error', (error) => (lost ||= !withoutReader.has(systemCode(error))));
  process.stderr.on('error', () => {});
  return { lost: () => nextTurn().then(() => lost) };
}

/** Runs one command; returns its exit code. Errors are told in one message each. */
export async function run(args: readonly string[]): Promise<number> {
  const command: { code: Promise<number> } = { code: Promise.resolve(exitCodes.ok) };
  try {
    checkArguments(args);
    checkCommand(args);
    if (asksVersion(args)) {
      const { versionText } = await import('./commands/version.ts');
      console.log(versionText());
      return exitCodes.ok;
    }
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
        sweepOptions,
        (argv) => void start(sweepCommand(argv, line)),
      )
      .command(
        'pretrain',
        'Pretrain a small encoder on synthetic text',
        pretrainOptions,
        (argv) => void start(import('./commands/pretrain.ts').then((pretrain) => pretrain.pretrainCommand(argv, line))),
      )
      .command('list', 'Trials and their states', folderOptions, (argv) => void print(listCommand(argv)))
      .command(
        'status',
        'Counts by state, and who runs the sweep',
        folderOptions,
        (argv) => void print(statusCommand(argv)),
      )
      .command(
        'show <trial>',
        'One trial, by its id or folder (or their beginning)',
        (y) => folderOptions(y).positional('trial', { type: 'string', demandOption: true }),
        (argv) => void print(showCommand(argv)),
      )
      .command(
        'validate [files..]',
        'Check sweep files: all errors at once',
        validateOptions,
        (argv) =>
          void start(
            Promise.resolve().then(() =>
              validateCommand(
                argv,
                (text) => console.log(text),
                (text) => console.error(text),
              ),
            ),
          ),
      )
      .command(
        'methods [name]',
        'The methods there are, or one with its settings, source and couplings',
        methodsOptions,
        (argv) => void print(import('./commands/catalogue.ts').then(({ methodsCommand }) => methodsCommand(argv))),
      )
      .command(
        'tasks [name]',
        'The tasks there are: metrics, splits, rows, labels',
        tasksOptions,
        (argv) => void print(import('./commands/catalogue.ts').then(({ tasksCommand }) => tasksCommand(argv))),
      )
      .command(
        'settings [name]',
        'Every key of a sweep file: type, default, meaning, source',
        settingsOptions,
        (argv) => void print(import('./commands/catalogue.ts').then(({ settingsCommand }) => settingsCommand(argv))),
      )
      .command(
        'report',
        'Tables, charts and a page of finished sweeps',
        reportOptions,
        (argv) => void print(import('./commands/report.ts').then(({ reportCommand }) => reportCommand(argv))),
      )
      .command(
        'pack <sweeps..>',
        'A closed sweep as a few files, in place of a folder a trial',
        packOptions,
        (argv) => void print(import('./commands/pack.ts').then(({ packCommand }) => packCommand(argv))),
      )
      .command(
        'unpack <sweep> [trials..]',
        "A packed sweep's trials as folders again",
        unpackOptions,
        (argv) => void print(import('./commands/pack.ts').then(({ unpackCommand }) => unpackCommand(argv))),
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
      .middleware(({ plugins }) => withPlugins(plugins))
      .demandCommand(1, 1, 'Which command?', 'One command at a time.')
      .strict()
      .version(false)
      .option('version', { type: 'boolean', describe: 'Show the version of lomap, and its commit' })
      .help()
      .exitProcess(false)
      // yargs passes no error when it is the one who complains, whatever its types say.
      .fail((message, error: Error | undefined) => {
        throw error ?? new UsageError(`${message}${nearestTo(message)}`, helpOf(args));
      })
  );
}

/** `--version` of any command, as `--help`. */
function asksVersion(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).includes('--version');
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
