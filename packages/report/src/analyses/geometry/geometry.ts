import type { Analysis } from '../analysis.ts';
import { geometryChart, geometryTrainingChart } from './chart.ts';
import { geometryOf } from './measured.ts';
import { geometryTable, geometryTrainingTable } from './table.ts';

/** Trials that recorded it: how magnitudes and directions change together, and ‖ΔW‖, α and β over training. */
export const geometry: Analysis = {
  name: 'geometry',
  of({ sweep, scores }) {
    const found = scores === null ? null : geometryOf(scores);
    if (found === null) return null;
    const [title, training] = [`${sweep}: ΔM against ΔD`, `${sweep}: ‖ΔW‖, α and β over training`];
    return {
      tables: { geometry: geometryTable(found, title), 'geometry-training': geometryTrainingTable(found, training) },
      charts: {
        geometry: (layout) => geometryChart(found, title, layout),
        'geometry-training': (layout) => geometryTrainingChart(found, training, layout),
      },
    };
  },
};
