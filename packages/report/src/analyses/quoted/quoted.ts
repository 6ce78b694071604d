/** Published scores of the same model and tasks beside a sweep's own. */
import type { QuotedTable } from '@lomap/results';
import type { Analysis, Evidence } from '../analysis.ts';
import { quotedTable } from './table.ts';

/** A table for each file of published scores that the sweep has the model and some of the tasks of. */
export const quoted: Analysis = {
  name: 'quoted',
  of({ sweep, scores, quoted: published = [] }) {
    if (scores === null) return null;
    const models = modelsOf(scores);
    const beside = published.filter((table) => models.has(table.model) && isOfTasks(table, scores));
    if (beside.length === 0) return null;
    const name = (i: number): string => (i === 0 ? 'quoted' : `quoted-${i + 1}`);
    const tables = beside.map((table, i) => [name(i), quotedTable(scores, table, `${sweep}: quoted, ${table.title}`)]);
    return { tables: Object.fromEntries(tables) as Record<string, ReturnType<typeof quotedTable>>, charts: {} };
  },
};

/** The models' names as published tables have them. */
function modelsOf({ results }: NonNullable<Evidence['scores']>): Set<string> {
  return new Set(results.map(({ trial }) => trial.settings.model.name.split('/').at(-1)!.toLowerCase()));
}

function isOfTasks({ tasks }: QuotedTable, scores: NonNullable<Evidence['scores']>): boolean {
  return scores.tasks.some(({ task }) => tasks.includes(task));
}
