/** `lomap list`, `lomap status` and `lomap show`: what became of the trials, from the folders alone. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TRIALS_FILE, trialFolderName, type Trial } from '@lomap/results';
import { readSweepNames } from '../config/read-sweep.ts';
import { UsageError } from '../errors.ts';
import { formatDuration, formatScore } from '../progress/style.ts';
import { textTable } from '../progress/table.ts';
import { readFinished } from '../store/finished.ts';
import { readJournal } from '../store/journal.ts';
import { sweepPaths, trialPaths, type SweepPaths } from '../store/layout.ts';
import { lockHolder, type Holder } from '../store/lock.ts';
import { readManifest } from '../store/manifest.ts';
import { foldJournal, trialStatus, type TrialState, type TrialStatus } from '../store/states.ts';
import { describeHeartbeat, readHeartbeat, TRAINING, type Heartbeat } from '../worker/heartbeat.ts';
import { resolveUserPath, workspaceRoot } from '../workspace.ts';
import { defaultConfig } from './context.ts';

export interface ListArguments {
  readonly config?: string | undefined;
  readonly out?: string | undefined;
  readonly format: 'table' | 'json';
}

interface Entry extends TrialStatus {
  readonly id: string;
  readonly folder: string;
  readonly purpose: 'main' | 'search';
  readonly metric: string | null;
  /** On dev, or on the selection split of a search trial. */
  readonly score: number | null;
  /** What a running trial does: training, compiling, scoring dev, and how much of it is done. */
  readonly doing: Pick<Heartbeat, 'doing' | 'done' | 'total'> | null;
  /** Of a trial at its training steps. */
  readonly progress: { readonly step: number; readonly steps: number } | null;
}

interface Overview {
  readonly sweep: string;
  readonly paths: SweepPaths;
  readonly runner: Holder | null;
  readonly trials: readonly Entry[];
  /** Results that do not count, a sentence each. */
  readonly problems: readonly string[];
}

/** Trials of the last plan, and finished ones that it lacks. */
async function overview(args: ListArguments): Promise<Overview> {
  const { name } = readSweepNames(args.config === undefined ? defaultConfig : resolveUserPath(args.config));
  const paths = sweepPaths(workspaceRoot, name, args.out === undefined ? null : resolveUserPath(args.out));
  const { results, problems } = await readFinished(paths);
  const runner = existsSync(paths.work) ? lockHolder(paths.work) : null;
  const states = foldJournal(readJournal(paths.journal));
  const planned = readManifest(paths.manifest)?.trials ?? [];
  const extra = [...results.values()].filter(({ trial }) => !planned.some(({ id }) => id === trial.id));
  const known = [
    ...planned,
    ...extra.map(({ trial: { id, purpose, settings } }) => ({
      id,
      purpose,
      folder: trialFolderName(settings, id),
    })),
  ];
  const trials = known.map(({ id, folder, purpose }) => {
    const status = trialStatus(id, states, results, runner !== null);
    const trial = results.get(id)?.trial;
    const beat = status.state === 'running' ? readHeartbeat(trialPaths(paths, folder).heartbeat) : null;
    return {
      id,
      folder,
      purpose,
      ...status,
      metric: trial?.primary.metric ?? null,
      score: trial ? (trial.primary.value ?? trial.selectionScore) : null,
      doing: beat && { doing: beat.doing, done: beat.done, total: beat.total },
      progress: stepsOf(beat),
    };
  });
  return { sweep: name, paths, runner, trials, problems };
}

function stepsOf(beat: Heartbeat | null): Entry['progress'] {
  if (beat?.doing !== TRAINING || beat.done === null || beat.total === null) return null;
  return { step: beat.done, steps: beat.total };
}

/** Every trial, its state and its score. */
export async function listCommand(args: ListArguments): Promise<string> {
  const { trials } = await overview(args);
  if (args.format === 'json') return JSON.stringify(trials, null, 2);
  if (trials.length === 0) return 'No trials yet. `lomap sweep --dry-run` shows what would run.';
  return textTable(
    ['id', 'trial', 'purpose', 'state', 'attempts', 'result'],
    trials.map((entry) => [
      entry.id.slice(0, 8),
      entry.folder,
      entry.purpose,
      entry.state,
      String(entry.attempts),
      resultOf(entry),
    ]),
  );
}

function resultOf({ metric, score, doing, error }: Entry): string {
  if (metric !== null) return `${metric} ${formatScore(score)}`;
  if (doing) return describeHeartbeat(doing);
  return error?.split('\n')[0] ?? '';
}

const order: readonly TrialState[] = ['complete', 'running', 'interrupted', 'failed', 'waiting'];

/** Counts by state, who runs the sweep, what runs and what failed. */
export async function statusCommand(args: ListArguments): Promise<string> {
  const { sweep, paths, runner, trials, problems } = await overview(args);
  const counts = Object.fromEntries(
    order.map((state) => [state, trials.filter((trial) => trial.state === state).length]),
  );
  if (args.format === 'json')
    return JSON.stringify({ sweep, results: paths.results, runner, counts, problems }, null, 2);
  const shown = trials.filter(({ state }) => state === 'running' || state === 'failed' || state === 'interrupted');
  return [
    `Sweep ${sweep} in ${paths.results}`,
    runner ? `Running: process ${runner.pid} on ${runner.host} since ${runner.startedAt}` : 'Not running.',
    order.map((state) => `${state} ${counts[state]}`).join(', '),
    ...shown.map(
      (entry) => `  ${entry.state.padEnd(11)} ${entry.folder} ${resultOf(entry)}`.trimEnd() + elsewhere(entry),
    ),
    ...problems.map((problem) => `  not counted as finished: ${problem}`),
  ].join('\n');
}

/** Where a trial runs, if that is not this machine's own processes. */
function elsewhere(entry: Entry): string {
  return entry.place?.kind === 'local' ? '' : runsIn(entry);
}

function runsIn({ state, place }: Entry): string {
  return state === 'running' && place ? `, in ${place.kind} ${place.id} on ${place.host}` : '';
}

/** A finished trial's folder, or the packed files that it is in. */
function whereIs(folder: string): string {
  if (existsSync(folder)) return folder;
  const packed = join(dirname(folder), TRIALS_FILE);
  return `${packed} (lomap unpack gives the trial its folder)`;
}

/** One trial by its id or folder name, or the beginning of one. */
export async function showCommand(args: ListArguments & { readonly trial: string }): Promise<string> {
  const { paths, trials } = await overview(args);
  const found = trials.filter(({ id, folder }) => id.startsWith(args.trial) || folder.startsWith(args.trial));
  const [entry, second] = found;
  if (!entry)
    throw new UsageError(
      `No trial's id or folder begins with ${JSON.stringify(args.trial)}.`,
      '`lomap list` shows all trials.',
    );
  if (second)
    throw new UsageError(
      `${found.length} trials begin with ${JSON.stringify(args.trial)}: ${found.map(({ folder }) => folder).join(', ')}.`,
    );
  const result = (await readFinished(paths)).results.get(entry.id) ?? null;
  const { work, result: folder } = trialPaths(paths, entry.folder);
  if (args.format === 'json') return JSON.stringify({ ...entry, result }, null, 2);
  const lines = [
    entry.folder,
    `id        ${entry.id}`,
    `state     ${entry.state}, ${entry.attempts} attempts${runsIn(entry)}`,
    `files     ${result ? whereIs(folder) : work}`,
  ];
  if (entry.error) lines.push(`error     ${entry.error}`);
  if (result) {
    const { trial, measured } = result;
    const { method, training, task, seed } = trial.settings;
    lines.push(`what      ${method.label} on ${task}, seed ${seed}, ${trial.purpose} trial`);
    lines.push(`settings  ${settingsOf(method, training)}`);
    lines.push(
      `result    ${resultOf(entry)}${trial.settings.maxDevSamples === undefined ? '' : ` on ${rowsOf(trial)}`}, chosen epoch ${trial.chosenEpoch}, selection ${formatScore(trial.selectionScore)}`,
    );
    lines.push(
      `cost      ${trial.steps} steps, ${minutes(measured.seconds['total'])}, ${trial.parameters.adapter} + ${trial.parameters.head} trainable parameters`,
    );
    lines.push(...trial.notes.map((note) => `note      ${note}`));
  }
  return lines.join('\n');
}

/** What one wants to know of a trial first: `lomap, learning rate 0.001, rank 8, β₀ 1`. */
function settingsOf(method: Trial['settings']['method'], training: Trial['settings']['training']): string {
  const { name, rank, loraAlpha, map } = method;
  const { learningRate, headLearningRate, batchSize, epochs, maxSteps } = training;
  return [
    name,
    `learning rate ${learningRate}${headLearningRate === null ? '' : ` (head ${headLearningRate})`}`,
    ...(rank === null ? [] : [`rank ${rank}`]),
    ...(loraAlpha === null || map ? [] : [`loraAlpha ${loraAlpha}`]),
    ...(map ? [betaOf(map)] : []),
    `batch ${batchSize}`,
    maxSteps === null ? `${epochs} epochs` : `at most ${maxSteps} steps`,
  ].join(', ');
}

/** Where β starts, in the units of the setting. */
function betaOf({ start, betaStart, deltaScope }: NonNullable<Trial['settings']['method']['map']>): string {
  if (start === 'beta-zero') return 'β₀ 0 (start beta-zero)';
  if (deltaScope === 'none') return 'β₀ loraAlpha/rank (no norm of the update)';
  return `β₀ ${'share' in betaStart ? `${betaStart.share} of ‖W‖` : betaStart.absolute}`;
}

function rowsOf({ devExamples = {} }: Trial): string {
  return Object.entries(devExamples)
    .map(([split, count]) => `${count} rows of ${split}`)
    .join(' and ');
}

function minutes(seconds: number | undefined): string {
  return seconds === undefined ? '? min' : formatDuration(seconds);
}
