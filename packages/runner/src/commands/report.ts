/** `lomap report`: tables and charts of finished sweeps, made by @lomap/report. */
import { join } from 'node:path';
import { report, ReportError } from '@lomap/report';
import { ResultsError } from '@lomap/results';
import { FailureError } from '../errors.ts';
import { resolveUserPath, workspaceRoot } from '../workspace.ts';

export interface ReportArguments {
  readonly results?: string | undefined;
  readonly out?: string | undefined;
  readonly sweep?: string | undefined;
}

/** The files written, a line each; warnings go to stderr. */
export async function reportCommand(args: ReportArguments): Promise<string> {
  try {
    const { files, warnings } = await report({
      resultsDirectory: args.results === undefined ? join(workspaceRoot, 'results') : resolveUserPath(args.results),
      outputDirectory: args.out === undefined ? undefined : resolveUserPath(args.out),
      sweep: args.sweep,
    });
    for (const warning of warnings) console.error(`warning: ${warning}`);
    return files.join('\n');
  } catch (error) {
    if (error instanceof ReportError || error instanceof ResultsError) throw new FailureError(error.message);
    throw error;
  }
}
