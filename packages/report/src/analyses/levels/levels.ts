import type { Trial, TrialResult } from '@lomap/results';
import { summarize, type Summary } from '@lomap/statistics';
import type { Comparison, Row } from '../../comparison.ts';
import { distinct } from '../../group.ts';
import { metricTitle, taskTitle } from '../../names.ts';
import { provenanceNotes } from '../../notes/provenance.ts';
import { rowNotes } from '../../notes/rows.ts';
import { syntheticText } from '../../notes/synthetic.ts';
import { protocolLines } from '../../protocols.ts';
import { field, formatScore } from '../../tables/numbers.ts';
import { left, score as scoreColumn, type Table } from '../../tables/table.ts';
import type { Analysis } from '../analysis.ts';
import { printed, unitsOf } from '../../readings.ts';

/** Where the data have levels of difficulty: scores at each of them. */
export const levels: Analysis = {
  name: 'levels',
  of({ sweep, scores }) {
    const table = scores === null ? null : levelsTable(scores, `${sweep}: scores by level`);
    return table === null ? null : { tables: { levels: table }, charts: {} };
  },
};

/** Each method's score at every level of each task, mean over seeds; null where no trial has levels. */
export function levelsTable(comparison: Comparison, title: string): Table | null {
  const { tasks, rows, results } = comparison;
  const graded = tasks
    .map(({ task, metric }) => ({ task, metric, levels: levelsOf(results, task) }))
    .filter(({ levels }) => levels.length > 0);
  if (graded.length === 0) return null;
  const synthetic = syntheticText(results);
  return {
    title,
    sections: graded.map(({ task, metric, levels }) => ({
      name: task,
      caption: `${taskTitle(task)}: score on dev in ${unitsOf([metric])} (${metricTitle(metric)}) by level, mean ± standard deviation (seeds)`,
      columns: [left('Method'), ...levels.map((level) => scoreColumn(`Level ${level}`, metric))],
      rows: rows.map((row) => [row.title, ...levels.map((level) => formatScore(scoreAt(row, task, level)))]),
    })),
    records: {
      columns: ['method', 'task', 'metric', 'level', 'seeds', 'mean', 'standard_deviation'],
      rows: graded.flatMap(({ task, metric, levels }) =>
        rows.flatMap((row) =>
          levels.map((level) => {
            const score = scoreAt(row, task, level);
            const values = [score?.n ?? 0, score?.mean, score?.deviation].map(field);
            return [row.title, taskTitle(task), metric, Number(level), ...values];
          }),
        ),
      ),
    },
    protocols: protocolLines(comparison),
    notes: [
      ...(synthetic === null ? [] : [synthetic]),
      ...rowNotes(comparison),
      'Level 1 is the easiest. A level is a part of the examples, so its scores scatter more than those of the whole.',
      ...provenanceNotes(results),
    ],
  };
}

function levelsOf(results: readonly TrialResult[], task: string): string[] {
  const own = results.filter(({ trial }) => trial.settings.task === task);
  const levels = distinct(own.flatMap(({ trial }) => Object.keys(primarySplit(trial) ?? {})));
  return levels.sort((a, b) => Number(a) - Number(b));
}

function scoreAt({ results }: Row, task: string, level: string): Summary | null {
  const values = results
    .filter(({ trial }) => trial.settings.task === task)
    .flatMap(({ trial }) => {
      const value = primarySplit(trial)?.[level]?.[trial.primary.metric];
      return value === undefined ? [] : [printed(trial.primary.metric, value)];
    });
  return summarize(values);
}

/** The levels of the split that the primary score is of. */
function primarySplit({ dev, devByLevel, primary }: Trial): NonNullable<Trial['devByLevel']>[string] | undefined {
  const split = Object.keys(dev).find((name) => dev[name]![primary.metric] === primary.value);
  return split === undefined ? undefined : devByLevel?.[split];
}
