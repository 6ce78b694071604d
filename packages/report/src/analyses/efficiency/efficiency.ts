import { findingsOf, type Findings } from '../../findings/findings.ts';
import type { Analysis } from '../analysis.ts';
import { efficiencyChart } from './chart.ts';
import { costsOf } from './costs.ts';
import { efficiencyTable } from './table.ts';

/** Trials that had a process of their own: what a step, the memory and merging cost. */
export const efficiency: Analysis = {
  name: 'efficiency',
  of({ sweep, comparison, scores }) {
    const costs = comparison === null ? null : costsOf(comparison);
    if (comparison === null || costs === null) return null;
    const title = `${sweep}: what a method costs`;
    return {
      tables: { efficiency: efficiencyTable(costs, title) },
      charts: { efficiency: (layout) => efficiencyChart(costs, title, layout) },
      findings: scores === null ? costFindings(findingsOf(comparison)) : undefined,
    };
  },
};

/** What a sweep of costs alone says in words: nothing of scores, but the cautions about the data stay. */
function costFindings({ cautions }: Findings): Findings {
  return {
    headline: 'What methods cost is measured here; scores are not compared. The table `efficiency` has the figures.',
    ...{ cautions, rows: [], remarks: [], byTask: [] },
  };
}
