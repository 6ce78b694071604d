import { findingsOf } from '../../findings/findings.ts';
import type { Analysis } from '../analysis.ts';
import { differencesChart, scoresChart } from './chart.ts';
import { comparisonTable } from './table.ts';

/** Every method's score on every task, and its paired differences. */
export const main: Analysis = {
  name: 'main',
  of({ sweep, scores }) {
    if (scores === null) return null;
    const differences = `${sweep}: paired differences by task and method`;
    return {
      tables: { main: comparisonTable(scores, `${sweep}: scores on dev`) },
      charts: {
        scores: (layout) => scoresChart(scores, `${sweep}: score by task and method`, layout),
        differences: (layout) => differencesChart(scores, differences, layout),
      },
      findings: findingsOf(scores),
    };
  },
};
