/** `lomap report`: tables and charts of finished sweeps, made by @lomap/report. */
import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { nameMethods, report, ReportError, type ReportFiles, type ReportOptions } from '@lomap/report';
import { ResultsError } from '@lomap/results';
import { readSweepNames } from '../config/read-sweep.ts';
import { FailureError } from '../errors.ts';
import { endingOnSignals } from '../interruption.ts';
import { methodTitles } from '../packages.ts';
import { makeFolder } from '../store/make-folder.ts';
import { resolveUserPath, workspaceRoot } from '../workspace.ts';

export interface ReportArguments {
  readonly results?: string | undefined;
  readonly out?: string | undefined;
  readonly sweep?: string | undefined;
}

/** The files written, a line each, and which of them to open; warnings go to stderr. */
export async function reportCommand(args: ReportArguments): Promise<string> {
  const out = args.out === undefined ? undefined : resolveUserPath(args.out);
  const isNew = out !== undefined && !existsSync(out);
  if (isNew) makeFolder(out);
  try {
    const ended = (name: NodeJS.Signals): void => console.error(`lomap: ${name}: ended before the report was whole.`);
    const options: ReportOptions = {
      resultsDirectory: args.results === undefined ? join(workspaceRoot, 'results') : resolveUserPath(args.results),
      outputDirectory: out,
      sweep: args.sweep,
      descriptions: descriptions(),
    };
    const { files } = await endingOnSignals(ended, () => made(options));
    return files.join('\n');
  } catch (error) {
    // Nothing was found to report of: no empty folder stays.
    if (isNew && readdirSync(out).length === 0) rmdirSync(out);
    throw error;
  }
}

/** Makes the tables, charts and page of one sweep's folder and returns its table and findings, and where the rest is. */
export async function concludingReport(directory: string, sweep: string, description: string | null): Promise<string> {
  const { files, summaries } = await made({
    resultsDirectory: directory,
    descriptions: new Map(description === null ? [] : [[sweep, description]]),
  });
  const ending = (end: string): string[] => files.filter((file) => file.endsWith(end));
  const where = [
    ['Tables', ending('.md')],
    ['Charts', ending('.png')],
    ['Report', ending('report.html')],
  ] as const;
  const width = Math.max(...where.map(([what]) => what.length)) + 2;
  return [
    summaries.get(sweep) ?? '',
    '',
    ...where.flatMap(([what, paths]) => paths.map((path, i) => `${(i === 0 ? what : '').padEnd(width)}${path}`)),
  ].join('\n');
}

async function made(options: ReportOptions): Promise<ReportFiles> {
  nameMethods(methodTitles());
  try {
    const result = await report({ quotedDirectory: join(workspaceRoot, 'results', 'quoted'), ...options });
    for (const warning of result.warnings) console.error(`warning: ${warning}`);
    return result;
  } catch (error) {
    if (error instanceof ReportError || error instanceof ResultsError) throw new FailureError(error.message);
    throw error;
  }
}

/** What the committed sweep files say of themselves, by the sweep's name. */
function descriptions(): Map<string, string> {
  const directory = join(workspaceRoot, 'experiments', 'sweeps');
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
  return new Map(
    files.flatMap((file) => {
      const { name, description } = readSweepNames(join(directory, file));
      return description === undefined ? [] : [[name, description] as const];
    }),
  );
}
