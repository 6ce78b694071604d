/** What the commands about a sweep have in common: the file, the checked sweep, the folders. */
import { join } from 'node:path';
import { type SweepFlags, parseList, parseNumbers, parseSeeds } from '../config/flags.ts';
import { pluginsOf, readWhatIs, SweepFileError } from '../config/read-sweep.ts';
import { checkedSweep } from '../config/check-sweep.ts';
import type { Sweep } from '../config/sweep.ts';
import { registry } from '../packages.ts';
import { loadPlugins, type PluginFile } from '../plugins/load.ts';
import { sweepPaths, type SweepPaths } from '../store/layout.ts';
import { resolveUserPath, workspaceRoot } from '../workspace.ts';

/** Where graphs and converted weights are kept. */
export const cacheDirectory = join(workspaceRoot, '.cache', 'lomap');

/** The flags as yargs gives them. */
export interface SweepArguments {
  readonly config?: string | undefined;
  readonly out?: string | undefined;
  readonly tasks?: string | undefined;
  readonly methods?: string | undefined;
  readonly seeds?: string | undefined;
  readonly maxSteps?: number | undefined;
  readonly maxTrainSamples?: number | undefined;
  readonly maxDevSamples?: number | undefined;
  readonly learningRate?: string | undefined;
  readonly noSearch?: boolean | undefined;
  readonly rank?: string | undefined;
  readonly device?: string | undefined;
}

export interface SweepContext {
  readonly config: string;
  /** What the file names of them, loaded: the registries have what they add. */
  readonly plugins: readonly PluginFile[];
  readonly sweep: Sweep;
  readonly paths: SweepPaths;
}

export const defaultConfig = join(workspaceRoot, 'experiments', 'sweeps', 'quick.json');

/** Reads and checks the sweep file that the flags name. Throws a UsageError with everything that is wrong with it. */
export async function sweepContext(args: SweepArguments): Promise<SweepContext> {
  const config = args.config === undefined ? defaultConfig : resolveUserPath(args.config);
  const { learningRate, rank } = args;
  const flags: SweepFlags = {
    tasks: args.tasks === undefined ? undefined : parseList('tasks', args.tasks),
    methods: args.methods === undefined ? undefined : parseList('methods', args.methods),
    seeds: args.seeds === undefined ? undefined : parseSeeds(args.seeds),
    maxSteps: args.maxSteps,
    maxTrainSamples: args.maxTrainSamples,
    maxDevSamples: args.maxDevSamples,
    learningRates: learningRate === undefined ? undefined : parseNumbers('learning-rate', learningRate, 'positive'),
    noSearch: args.noSearch,
    ranks: rank === undefined ? undefined : parseNumbers('rank', rank, 'whole'),
    device: args.device,
  };
  const plugins = await loadPlugins(pluginsOf(config));
  const known = registry();
  const { file, problems, follows } = readWhatIs(config, known.furtherSettings.keys());
  const checked = file && checkedSweep(file, known, flags);
  const further = (checked?.problems ?? []).filter((line) => !follows(line));
  const sweep = checked?.sweep ?? null;
  if (sweep === null || problems.length > 0) throw new SweepFileError(config, [...problems, ...further]);
  const out = args.out === undefined ? null : resolveUserPath(args.out);
  return { config, plugins, sweep, paths: sweepPaths(workspaceRoot, sweep.name, out) };
}
