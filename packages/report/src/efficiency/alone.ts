import type { Findings } from '../findings/findings.ts';
import { commonRateText } from '../notes/common-rate.ts';
import type { Costs } from './costs.ts';

/** Whether a sweep measures costs and nothing else: a process for every trial, and one learning rate, not searched. */
export function isOfCostsAlone({ comparison, results }: Costs): boolean {
  return results.length === comparison.results.length && commonRateText(comparison) !== null;
}

/** What such a sweep says in words: nothing of scores, but the cautions about the data stay. */
export function costFindings({ cautions }: Findings): Findings {
  return {
    headline: 'What methods cost is measured here; scores are not compared. The table `efficiency` has the figures.',
    ...{ cautions, rows: [], byTask: [] },
  };
}
