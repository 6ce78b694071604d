/** `lomap sweep --dry-run`: what would run, and about how long it takes. */
import type { Sweep } from '../config/sweep.ts';
import {
  choiceKeys,
  planMain,
  planSearch,
  searchTasks,
  type Choice,
  type Identity,
  type PlannedTrial,
} from '../plan/plan.ts';
import { estimateSeconds, trialSteps, type Known, type Probe, type TaskSize } from '../plan/estimate.ts';
import { formatDuration, formatMilliseconds } from '../progress/style.ts';
import { textTable } from '../progress/table.ts';
import { readFinished } from '../store/finished.ts';
import type { SweepPaths } from '../store/layout.ts';
import type { Gauges } from './gauges.ts';
import { madeRows } from './made-rows.ts';
import { sweepNotes } from './sweep-notes.ts';
import { whatTrains, whatTrainsTable } from './what-trains.ts';

export interface DryRunOptions {
  readonly sweep: Sweep;
  readonly identity: Identity;
  readonly paths: SweepPaths;
  readonly gauges: Gauges;
  readonly jobs: number;
  readonly format: 'table' | 'json';
}

/** The plan in words or as JSON. Nothing is written. */
export async function dryRun({ sweep, identity, paths, gauges, jobs, format }: DryRunOptions): Promise<string> {
  const search = planSearch(sweep, identity);
  // Which learning rate will be chosen changes ids, not counts.
  const unknown: Choice | null = sweep.search ? { learningRate: sweep.search.learningRates[0] ?? 1, notes: [] } : null;
  const main = planMain(sweep, identity, new Map(unknown ? choiceKeys(sweep).map((key) => [key, unknown]) : []));
  const { results } = await readFinished(paths);
  const sizes = new Map<string, TaskSize>();
  for (const name of new Set([...search, ...main].map((trial) => trial.settings.task)))
    sizes.set(name, await gauges.task(name));
  const left = [...search, ...main].filter((trial) => !isFinished(trial, results, sweep));
  const steps = left.reduce((sum, { settings }) => sum + trialSteps(settings, sizes.get(settings.task)?.rows ?? 0), 0);
  const finishedResults = [...results.values()];
  const probed = left.length > 0 && finishedResults.length === 0 ? await gauges.probe(left) : null;
  const known: Known = {
    ...{ model: gauges.model, sizes, finished: finishedResults },
    probe: probed,
  };
  const trained = whatTrains(main, (task) => gauges.described(task));
  const notes = [...sweep.notes, ...sweepNotes(sweep), ...gauges.notes];
  const seconds = estimateSeconds(left, known, jobs);
  const finished = search.length + main.length - left.length;
  if (format === 'json') {
    const trials = [...search, ...(sweep.search ? [] : main)].map(({ id, folder, purpose }) => ({
      id,
      folder,
      purpose,
    }));
    return JSON.stringify(
      {
        sweep: sweep.name,
        search: search.length,
        main: main.length,
        finished,
        steps,
        estimatedSeconds: seconds,
        rows: sweep.labels.map((label) => ({ label, listed: sweep.listed[label]! })),
        trained,
        trials,
        notes,
      },
      null,
      2,
    );
  }
  const basis = results.size > 0 ? 'from the finished trials' : probed ? probeWords(probed) : 'a rough guess';
  const count = (label: string, task: string): string =>
    String(main.filter(({ settings }) => settings.method.label === label && settings.task === task).length);
  return [
    `Sweep ${sweep.name}: ${search.length + main.length} trials, ${finished} finished, in ${paths.results}`,
    '',
    textTable(
      ['method', ...sweep.tasks],
      sweep.labels.map((label) => [label, ...sweep.tasks.map((task) => count(label, task))]),
    ),
    '',
    ...madeRows(sweep),
    `Seeds ${sweep.seeds.join(', ')}.`,
    ...(sweep.search
      ? [
          `Search: ${search.length} trials on the selection split of ${searchTasks(sweep).join(', ')}, seeds ${sweep.search.seeds.join(', ')}, learning rates ` +
            `${sweep.search.learningRates.join(', ')} for each method. The main trials are planned after it.`,
        ]
      : []),
    whatTrainsTable(trained),
    '',
    ...notes.map((note) => `Note: ${note}`),
    `Left: ${left.length} trials, ${steps} steps, about ${formatDuration(seconds)} with ${jobs} at a time (${basis}).`,
  ].join('\n');
}

function probeWords({ settings: { method, task }, stepSeconds }: Probe): string {
  return `from a few steps of ${method.label} on ${task} here, ${formatMilliseconds(1000 * stepSeconds)} each`;
}

/** A main trial of a searched sweep is finished when one of its possible learning rates is. */
function isFinished(
  trial: PlannedTrial,
  results: Awaited<ReturnType<typeof readFinished>>['results'],
  sweep: Sweep,
): boolean {
  if (results.has(trial.id)) return true;
  if (!sweep.search || trial.purpose === 'search') return false;
  const { task, method, seed } = trial.settings;
  return [...results.values()].some(({ trial: { purpose, settings } }) => {
    return (
      purpose === 'main' && settings.task === task && settings.method.label === method.label && settings.seed === seed
    );
  });
}
