import type { Analysis } from '../analysis.ts';
import { couplingChart, couplingDifferencesChart } from './chart.ts';
import { couplingOf } from './couplings.ts';
import { couplingTable } from './table.ts';
import { couplingFindings } from './words.ts';

/** Updates that stand plain and with MAP: what the coupling changes. */
export const coupling: Analysis = {
  name: 'coupling',
  of({ sweep, scores }) {
    const found = scores === null ? null : couplingOf(scores);
    if (found === null) return null;
    const differences = `${sweep}: paired differences from the plain update`;
    return {
      tables: { coupling: couplingTable(found, `${sweep}: updates coupled with MAP`) },
      findings: couplingFindings(found),
      charts: {
        coupling: (layout) => couplingChart(found, `${sweep}: updates plain and with MAP`, layout),
        'coupling-differences': (layout) => couplingDifferencesChart(found, differences, layout),
      },
    };
  },
};
