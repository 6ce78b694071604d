/** `lomap sweep`: plan, then run what is not finished. */
import { availableParallelism } from 'node:os';
import { isDescriptionOnly } from '@lomap/models';
import { exitCodes } from '../errors.ts';
import { parseGpus } from '../executors/gpus.ts';
import { openExecutor } from '../executors/registry.ts';
import { endingOnSignals, stopOnSignals } from '../interruption.ts';
import { identify, identifyDescription } from '../packages.ts';
import { cellOf, tasksRead } from '../config/sweep.ts';
import { barProgress } from '../progress/bars.ts';
import { plainProgress } from '../progress/plain.ts';
import { paint, usesColor } from '../progress/style.ts';
import type { SweepPaths } from '../store/layout.ts';
import { makeFolder } from '../store/make-folder.ts';
import { dataExpected, dataSource } from '../sources/data.ts';
import { modelExpected, modelSource } from '../sources/model.ts';
import { named } from '../sources/source.ts';
import { collectProvenance } from '../sweep/provenance.ts';
import { runSweep, type SweepOutcome } from '../sweep/run-sweep.ts';
import { workspaceRoot } from '../workspace.ts';
import { cacheDirectory, sweepContext, type SweepArguments } from './context.ts';
import { dryRun } from './dry-run.ts';
import { chosenExecutor } from './chosen-executor.ts';
import { describedGauges, measuredGauges } from './gauges.ts';

export interface SweepCommand extends SweepArguments {
  readonly model?: string | undefined;
  readonly data?: string | undefined;
  readonly jobs?: number | undefined;
  readonly threads?: number | undefined;
  readonly gpus?: string | undefined;
  readonly dryRun: boolean;
  readonly retryFailed: boolean;
  readonly failFast: boolean;
  readonly keepAdapters: boolean;
  readonly executor?: string | undefined;
  readonly site?: string | undefined;
  readonly format: 'table' | 'json';
}

const CHECKPOINT_EVERY_STEPS = 25;

/** Returns the exit code. */
export async function sweepCommand(args: SweepCommand, commandLine: string): Promise<number> {
  const { config, plugins, sweep, paths } = await sweepContext(args);
  const cells = tasksRead(sweep).flatMap((task) => sweep.labels.map((label) => cellOf(sweep, task, label)));
  const chosen = await chosenExecutor(args);
  const devices = cells.map(({ engine }) => engine.device);
  const gpus = parseGpus(args.gpus, devices);
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const model = await modelSource(named('model', args.model, sweep.model, config, modelExpected), say);
  const cores = availableParallelism();
  const jobs = args.jobs ?? (gpus.length || Math.min(cores, 8));
  const threads = args.threads ?? Math.max(1, Math.floor(cores / jobs));
  const plan = { sweep, paths, jobs, format: args.format };
  if (args.dryRun && isDescriptionOnly(model.directory)) {
    const identity = identifyDescription(model, tasksRead(sweep), cells, plugins);
    console.log(await dryRun({ ...plan, identity, gauges: describedGauges(model.directory) }));
    return exitCodes.ok;
  }
  const dataNamed = named('data', args.data, sweep.data, config, dataExpected());
  const data = await dataSource(dataNamed, tasksRead(sweep), cacheDirectory, say);
  const identity = await identify(model, data, tasksRead(sweep), cacheDirectory, cells, plugins);
  if (args.dryRun) {
    const places = { model: model.directory, data: data.directory, cache: cacheDirectory, threads };
    console.log(await dryRun({ ...plan, identity, gauges: measuredGauges(places) }));
    return exitCodes.ok;
  }
  for (const note of sweep.notes) say(`Note: ${note}`);
  // Found out before the first trial, not after it.
  for (const path of [paths.results, paths.work]) makeFolder(path);

  const stream = process.stderr;
  const terminal = stream.isTTY && process.env['CI'] === undefined && stream.columns > 0;
  const colors = paint(usesColor(stream.isTTY));
  const progress = terminal
    ? barProgress(stream, colors)
    : plainProgress((line) => void stream.write(`${line}\n`), colors);
  const places = { model: model.directory, data: data.directory, cache: cacheDirectory };
  const start = { ...places, work: paths.work, threads, plugins: [...plugins] };
  const executor = await openExecutor(chosen.name, { start, jobs, gpus, options: chosen.options });
  const interruption = stopOnSignals(
    (text) => progress.message(text),
    () => executor.kill(),
  );
  try {
    const outcome = await runSweep({
      sweep,
      identity,
      paths,
      data: data.directory,
      retryFailed: args.retryFailed,
      failFast: args.failFast,
      command: commandLine,
      executor,
      progress,
      signal: interruption.signal,
      run: {
        sweep: sweep.name,
        checkpointEverySteps: CHECKPOINT_EVERY_STEPS,
        ...(args.keepAdapters && { keepAdapters: true }),
        provenance: collectProvenance(workspaceRoot, paths.results),
      },
    });
    conclude(outcome, paths, commandLine);
    if (outcome.unfinished === 0) {
      interruption.dispose();
      const { concludingReport } = await import('./report.ts');
      const report = await endingOnSignals(
        (name) => console.error(`${name}: every trial is finished, the report is not. To make it: ${commandLine}`),
        () => concludingReport(paths.results, sweep.name, sweep.description),
      );
      console.log(report);
      if (sweep.next !== null) console.log(`\nNext: ${sweep.next}`);
    }
    return outcome.exitCode;
  } finally {
    interruption.dispose();
  }
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
