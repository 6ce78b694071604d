import type { Analysis } from '../analysis.ts';
import { forgettingNormChart, forgettingScoreChart } from './chart.ts';
import { compareForgetting } from './compare.ts';
import { spansRates } from './measured.ts';
import { ratesTable } from './rates-table.ts';
import { forgettingTable } from './table.ts';
import { forgettingFindings } from './words.ts';

/** What fine-tuning made the encoder forget, at matched score and at matched ‖ΔW‖. */
export const forgetting: Analysis = {
  name: 'forgetting',
  of({ sweep, results, about }) {
    const comparison = compareForgetting(sweep, results, about);
    if (comparison === null) return null;
    const told = { findings: forgettingFindings(comparison), warnings: comparison.warnings };
    if (comparison.endpoints.length === 0) return { tables: {}, charts: {}, ...told };
    return {
      tables: {
        forgetting: forgettingTable(comparison, `${sweep}: forgetting`),
        'forgetting-rates': ratesTable(comparison, `${sweep}: every learning rate`),
      },
      charts: {
        'forgetting-score': (layout) => forgettingScoreChart(comparison, `${sweep}: forgetting by score`, layout),
        'forgetting-norm': (layout) => forgettingNormChart(comparison, `${sweep}: forgetting by ‖ΔW‖`, layout),
      },
      ...told,
    };
  },
  /**
   * Trials over several learning rates are a curve, not a choice: in the main table a method would stand once a rate,
   * beside others trained at a rate that suits them better.
   */
  keeps({ sweep, results, about }) {
    const asked = results.filter(({ trial }) => trial.settings.forgetting !== undefined);
    if (!spansRates(asked)) return [];
    const comparison = compareForgetting(sweep, results, about);
    const curves = comparison !== null && comparison.endpoints.length > 0 && spansRates(comparison.results);
    return curves ? asked : [];
  },
};
