import { ResultsError } from '@lomap/results';
import yargs from 'yargs';
import { ReportError } from './error.ts';
import { report } from './report.ts';

/** Where the command writes its lines. */
export interface Output {
  out(line: string): void;
  error(line: string): void;
}

const terminal: Output = {
  out: (line) => void process.stdout.write(`${line}\n`),
  error: (line) => void process.stderr.write(`${line}\n`),
};

/**
 * The command line of the report, `--results DIR [--out DIR] [--sweep NAME]`, with paths as they stand. Returns the
 * exit code: 0, 1 for a report that could not be made, 2 for wrong usage.
 */
export async function main(args: readonly string[], output: Output = terminal): Promise<number> {
  let usageError: string | null = null;
  let help = '';
  const parsed = await yargs()
    .scriptName('report')
    .usage('$0 --results DIR [--out DIR] [--sweep NAME]\n\nWrites the tables and charts of finished sweeps.')
    .option('results', { type: 'string', default: 'results', describe: 'folder of sweeps, or of one sweep’s trials' })
    .option('out', { type: 'string', describe: 'where to write; beside the results when absent' })
    .option('sweep', { type: 'string', describe: 'only the sweep in the subfolder of this name' })
    .strict()
    .version(false)
    .locale('en')
    .exitProcess(false)
    .fail((message, error) => {
      usageError = message ?? error.message;
    })
    .parseAsync([...args], {}, (_error, _argv, text) => {
      help = text;
    });
  if (usageError !== null) {
    output.error(`report: ${String(usageError)} See --help.`);
    return 2;
  }
  if (parsed['help'] === true) {
    output.out(help);
    return 0;
  }
  try {
    const { results: resultsDirectory, out: outputDirectory, sweep } = parsed;
    const { files, warnings } = await report({ resultsDirectory, outputDirectory, sweep });
    for (const warning of warnings) output.error(`warning: ${warning}`);
    for (const file of files) output.out(file);
    return 0;
  } catch (error) {
    if (!(error instanceof ReportError || error instanceof ResultsError)) throw error;
    output.error(`report: ${error.message}`);
    return 1;
  }
}
