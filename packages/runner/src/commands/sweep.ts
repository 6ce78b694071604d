/** `lomap sweep`: plan, then run what is not finished. */
import { availableParallelism } from 'node:os';
import { UsageError, exitCodes } from '../errors.ts';
import { identify, requireFolder } from '../packages.ts';
import { tasksRead } from '../plan/plan.ts';
import { barProgress } from '../progress/bars.ts';
import { plainProgress } from '../progress/plain.ts';
import { paint, usesColor } from '../progress/style.ts';
import type { SweepPaths } from '../store/layout.ts';
import { makeFolder } from '../store/make-folder.ts';
import { workerPool, type Executor } from '../sweep/pool.ts';
import { collectProvenance } from '../sweep/provenance.ts';
import { runSweep, type SweepOutcome } from '../sweep/run-sweep.ts';
import { lomapBin, resolveUserPath, workspaceRoot } from '../workspace.ts';
import { cacheDirectory, sweepContext, type SweepArguments } from './context.ts';
import { dryRun } from './dry-run.ts';

export interface SweepCommand extends SweepArguments {
  readonly model?: string | undefined;
  readonly data?: string | undefined;
  readonly jobs?: number | undefined;
  readonly threads?: number | undefined;
  readonly dryRun: boolean;
  readonly retryFailed: boolean;
  readonly failFast: boolean;
  readonly format: 'table' | 'json';
}

const CHECKPOINT_EVERY_STEPS = 25;

/** Returns the exit code. */
export async function sweepCommand(args: SweepCommand, commandLine: string): Promise<number> {
  const { sweep, paths } = sweepContext(args);
  const model = folder(
    'model',
    args.model,
    'a checkpoint folder with config.json, model.safetensors and tokenizer.json',
  );
  const data = folder('data', args.data, "the folder with GLUE's official TSV files");
  const cores = availableParallelism();
  const jobs = args.jobs ?? Math.min(cores, 8);
  const threads = args.threads ?? Math.max(1, Math.floor(cores / jobs));

  const cells = tasksRead(sweep).flatMap((task) => sweep.labels.map((label) => sweep.cell(task, label)));
  const identity = await identify(model, data, tasksRead(sweep), cacheDirectory, cells);
  if (args.dryRun) {
    console.log(await dryRun({ sweep, identity, paths, data, jobs, format: args.format }));
    return exitCodes.ok;
  }
  // Found out before the first trial, not after it.
  for (const path of [paths.results, paths.work]) makeFolder(path);

  const stream = process.stderr;
  const terminal = stream.isTTY && process.env['CI'] === undefined && stream.columns > 0;
  const colors = paint(usesColor(stream.isTTY));
  const progress = terminal
    ? barProgress(stream, colors)
    : plainProgress((line) => void stream.write(`${line}\n`), colors);
  const executor = workerPool(lomapBin);
  const interruption = interruptible(executor, (text) => progress.message(text));
  try {
    const outcome = await runSweep({
      sweep,
      identity,
      paths,
      jobs,
      retryFailed: args.retryFailed,
      failFast: args.failFast,
      command: commandLine,
      executor,
      progress,
      signal: interruption.signal,
      run: {
        sweep: sweep.name,
        model,
        data,
        cache: cacheDirectory,
        threads,
        checkpointEverySteps: CHECKPOINT_EVERY_STEPS,
        provenance: collectProvenance(workspaceRoot, paths.results),
      },
    });
    conclude(outcome, paths, commandLine);
    return outcome.exitCode;
  } finally {
    interruption.dispose();
  }
}

function folder(flag: string, value: string | undefined, what: string): string {
  if (value === undefined) throw new UsageError(`--${flag} is missing.`, `Give --${flag} DIR, ${what}.`);
  const path = resolveUserPath(value);
  requireFolder(flag, path);
  return path;
}

/** SIGINT and SIGTERM stop at the next step; a second one ends at once. */
function interruptible(executor: Executor, say: (text: string) => void): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      executor.kill();
      process.exit(exitCodes.interrupted);
    }
    say(`${name}: stopping at the next step, with a checkpoint. Once more ends at once.`);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    dispose() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

function conclude(outcome: SweepOutcome, paths: SweepPaths, commandLine: string): void {
  for (const failure of outcome.failed) console.error(`failed: ${failure}`);
  if (outcome.unfinished === 0) {
    console.error(`Complete: ${outcome.complete} trials in ${paths.results}`);
    return;
  }
  console.error(`${outcome.complete} trials are finished and kept in ${paths.results}; ${outcome.unfinished} are not.`);
  if (outcome.failed.length > 0)
    console.error(`Logs and errors: ${paths.work}. Failed trials run again with --retry-failed.`);
  console.error(`To go on: ${commandLine}`);
}
