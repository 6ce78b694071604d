/** From a sweep to its trials: a pure function of the sweep file, the flags, the model and the data. */
import { trialFolderName, trialId, type Forgetting, type GeometrySettings, type TrialSettings } from '@lomap/results';
import { withModuleNames } from '@lomap/peft';
import { cellOf, ratesOf, ratesPerCell, type Sweep } from '../config/sweep.ts';

export interface PlannedTrial {
  /** SHA-256 of the settings' canonical JSON: the same id is the same trial, in any sweep. */
  readonly id: string;
  readonly folder: string;
  /** `main` trials feed tables; `search` trials choose a learning rate and never touch dev. */
  readonly purpose: 'main' | 'search';
  readonly settings: TrialSettings;
  /** What the result's notes say about how its settings were chosen. */
  readonly notes: readonly string[];
}

/** The files that a sweep trains from and on, by content. */
export interface Identity {
  readonly model: TrialSettings['model'];
  /** The model's module names by role, for targets such as `@query`. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  /** By canonical task name. */
  readonly data: ReadonlyMap<string, TrialSettings['data']>;
  /** SHA-256 of the plugins that the sweep names, sorted; none of most sweeps. */
  readonly plugins: readonly string[];
  /** The texts that the project's own encoder is pretrained on, by name and version. */
  readonly corpus: string;
}

/** What the search chose for a method. */
export interface Choice {
  readonly learningRate: number;
  readonly notes: readonly string[];
}

/** The tasks whose selection splits choose. */
export function searchTasks({ search, tasks }: Sweep): readonly string[] {
  if (!search) return [];
  return search.task === null ? tasks : [search.task];
}

/** Where the choice for a cell stands: by method, or by task and method where each task chooses for itself. */
export function choiceKey({ search }: Sweep, task: string, label: string): string {
  return search?.task === null ? `${task}/${label}` : label;
}

/** The keys of everything that the search chooses. */
export function choiceKeys(sweep: Sweep): string[] {
  return searchTasks(sweep).flatMap((task) => sweep.labels.map((label) => choiceKey(sweep, task, label)));
}

/** Every method gets the same learning rates and seeds, on the search's tasks. Empty without a search. */
export function planSearch(sweep: Sweep, identity: Identity): PlannedTrial[] {
  const { search } = sweep;
  if (!search) return [];
  return searchTasks(sweep).flatMap((task) =>
    sweep.labels.flatMap((label) =>
      search.learningRates.flatMap((learningRate) =>
        search.seeds.map((seed) => trial(sweep, identity, 'search', task, label, seed, { learningRate, notes: [] })),
      ),
    ),
  );
}

/**
 * The trials that are reported, seed by seed, so that a sweep cut short has whole comparisons. A method that `choices`
 * lacks although the sweep searches is left out: its trials are not known yet.
 */
export function planMain(sweep: Sweep, identity: Identity, choices: ReadonlyMap<string, Choice>): PlannedTrial[] {
  return sweep.seeds.flatMap((seed) =>
    sweep.tasks.flatMap((task) =>
      sweep.labels.flatMap((label) => {
        const make = (choice: Choice | null): PlannedTrial => trial(sweep, identity, 'main', task, label, seed, choice);
        const listed = ratesOf(sweep, task, label);
        if (listed) return listed.map((learningRate) => make({ learningRate, notes: [] }));
        const choice = choices.get(choiceKey(sweep, task, label)) ?? null;
        return sweep.search && !choice ? [] : [make(choice)];
      }),
    ),
  );
}

/** How many trials are reported, those that a search has yet to plan included. */
export function countMain(sweep: Sweep): number {
  return sweep.seeds.length * sweep.tasks.length * sweep.labels.length * ratesPerCell(sweep);
}

/** How many trials the search takes. */
export function countSearch(sweep: Sweep): number {
  const { search, labels } = sweep;
  return search ? searchTasks(sweep).length * labels.length * search.learningRates.length * search.seeds.length : 0;
}

/** What a trial measures of forgetting. */
function forgettingOf({ maskedLmTexts, previous }: NonNullable<Sweep['forgetting']>, identity: Identity): Forgetting {
  return {
    maskedLm: maskedLmTexts === undefined ? null : { corpus: identity.corpus, texts: maskedLmTexts },
    previous: previous
      ? {
          ...previous,
          maxTrainSamples: previous.maxTrainSamples ?? null,
          dataSha256: dataOf(previous.task, identity).sha256,
        }
      : null,
  };
}

/** What a trial records of its updates' geometry. */
function geometryOf({ checkpoints, randomRank, randomShares }: NonNullable<Sweep['geometry']>): GeometrySettings {
  return { checkpoints, randomRank: randomRank ?? 8, randomShares: randomShares ?? [0.003, 0.01, 0.03, 0.1, 0.3] };
}

function dataOf(task: string, identity: Identity): TrialSettings['data'] {
  const data = identity.data.get(task);
  if (!data) throw new Error(`The identity of the data of ${task} is missing.`);
  return data;
}

function trial(
  sweep: Sweep,
  identity: Identity,
  purpose: PlannedTrial['purpose'],
  task: string,
  label: string,
  seed: number,
  choice: Choice | null,
): PlannedTrial {
  const cell = cellOf(sweep, task, label);
  const data = dataOf(task, identity);
  const settings: TrialSettings = {
    ...cell,
    method: withModuleNames(cell.method, identity.roles),
    training: choice ? { ...cell.training, learningRate: choice.learningRate } : cell.training,
    model: identity.model,
    data,
    evaluateDev: purpose === 'main',
    ...(purpose === 'main' && sweep.maxDevSamples !== null && { maxDevSamples: sweep.maxDevSamples }),
    seed,
    ...(purpose === 'main' && sweep.forgetting && { forgetting: forgettingOf(sweep.forgetting, identity) }),
    ...(purpose === 'main' && sweep.geometry && { geometry: geometryOf(sweep.geometry) }),
    ...(identity.plugins.length > 0 && { plugins: [...identity.plugins] }),
  };
  const id = trialId(settings);
  return { id, folder: trialFolderName(settings, id), purpose, settings, notes: choice?.notes ?? [] };
}
