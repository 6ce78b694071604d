import type { Analysis } from '../analysis.ts';
import { rankChart, rankParametersChart } from './chart.ts';
import { rankSeries } from './series.ts';
import { rankTable } from './table.ts';

/** Methods that stand at several ranks: scores and trainable parameters against the rank. */
export const rank: Analysis = {
  name: 'rank',
  of({ sweep, scores }) {
    const series = scores === null ? [] : rankSeries(scores);
    if (scores === null || series.length === 0) return null;
    return {
      tables: { rank: rankTable(scores, series, `${sweep}: by rank`) },
      charts: {
        rank: (layout) => rankChart(scores, series, `${sweep}: score by rank`, layout),
        'rank-parameters': (layout) =>
          rankParametersChart(scores, series, `${sweep}: score by trainable parameters`, layout),
      },
    };
  },
};
