import type { Analysis } from '../analysis.ts';
import { searchChart } from './chart.ts';
import { searchCurves, searchResults } from './curves.ts';
import { searchGrids } from './grid.ts';
import { searchTable } from './table.ts';

/** The learning-rate search, on a selection split of train. */
export const search: Analysis = {
  name: 'search',
  of({ sweep, results, about }) {
    const curves = searchCurves(results, about.diverged);
    if (curves.length === 0) return null;
    const [trials, title] = [searchResults(results), `${sweep}: learning-rate search`];
    return {
      tables: { search: searchTable(curves, trials, title) },
      charts: { search: (layout) => searchChart(curves, trials, title, layout) },
      summary: searchGrids(curves),
    };
  },
};
