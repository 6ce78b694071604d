import type { TrialResult } from '@lomap/results';
import { distinct, groupBy } from '../group.ts';
import { compareText } from '../names.ts';
import { devRowsText } from '../notes/dev-rows.ts';
import { syntheticText } from '../notes/synthetic.ts';

/** The models' names, for a chart's subtitle. */
export function modelsText(results: readonly TrialResult[]): string {
  return distinct(results.map(({ trial }) => trial.settings.model.name))
    .sort(compareText)
    .join(' and ');
}

/** `3 seeds`, or `2 to 3 seeds` where cells differ. A cell is one label on one task with one set of settings. */
export function seedsText(results: readonly TrialResult[]): string {
  const cells = groupBy(results, ({ trial: { settings } }) => {
    const { seed: _, ...rest } = settings;
    return JSON.stringify(rest);
  });
  const counts = [...cells.values()].map((own) => own.length);
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  return (low === high ? String(low) : `${low} to ${high}`) + (high === 1 ? ' seed' : ' seeds');
}

/** What stands first under a chart of synthetic data or of a part of dev, with a space after it; empty for others. */
export function dataText(results: readonly TrialResult[]): string {
  return [syntheticText(results), devRowsText(results)]
    .filter((text) => text !== null)
    .map((text) => `${text} `)
    .join('');
}
