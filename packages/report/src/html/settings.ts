import type { TrialResult } from '@lomap/results';
import { compareText } from '../names.ts';
import { flatten } from '../variants.ts';
import { factTable } from './data-table.ts';
import type { Html } from './html.ts';
import { setting } from './values.ts';

/** The settings of a page's trials, parted into those that all trials share and the others. */
export interface SettingsOfPage {
  /** Path and JSON of what all trials agree on, in the paths' order. */
  readonly shared: readonly (readonly [path: string, json: string | undefined])[];
  /** Paths of the others, in order. */
  readonly own: readonly string[];
}

/** Parts the settings. A single trial shares all of its own with itself. */
export function settingsOf(results: readonly TrialResult[]): SettingsOfPage {
  const all = results.map(({ trial }) => flatten(trial.settings));
  const paths = [...new Set(all.flatMap((settings) => [...settings.keys()]))].sort(compareText);
  const isShared = (path: string) => new Set(all.map((settings) => settings.get(path))).size === 1;
  return {
    shared: paths.filter(isShared).map((path) => [path, all[0]!.get(path)]),
    own: paths.filter((path) => !isShared(path)),
  };
}

export function sharedSettings({ shared }: SettingsOfPage, trials: number): Html {
  return factTable(
    trials === 1 ? 'Settings of the trial' : `Settings that all ${trials} trials share`,
    shared.map(([path, json]) => [path, setting(json)]),
  );
}

/** The trial's values where trials differ; a setting that its method does not have is left out. */
export function ownSettings({ trial }: TrialResult, { own }: SettingsOfPage): Html {
  const settings = flatten(trial.settings);
  return factTable(
    'Settings in which the trials differ',
    own.filter((path) => settings.has(path)).map((path) => [path, setting(settings.get(path))]),
  );
}
