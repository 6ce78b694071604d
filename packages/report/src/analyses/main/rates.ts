import type { Comparison, Row } from '../../comparison.ts';
import { printedTitle } from '../../frozen.ts';
import { distinct } from '../../group.ts';
import { taskTitle } from '../../names.ts';
import { chosenRate } from '../../notes/chosen-rates.ts';
import { NOTHING } from '../../tables/numbers.ts';
import { left, right, type Section } from '../../tables/table.ts';

/** The learning rate of every row on every task, and whether a search chose it at the edge of what it tried. */
export function ratesSection({ tasks, rows }: Comparison): Section {
  const ranked = rows.some(({ rank }) => rank !== null);
  return {
    name: 'rates',
    caption: 'Learning rate (edge: the smallest or largest that was searched)',
    columns: [...[left('Method'), ...(ranked ? [right('r')] : [])], ...tasks.map(({ task }) => right(taskTitle(task)))],
    rows: rows.map((row) => [
      ...[printedTitle(row), ...(ranked ? [row.rank === null ? NOTHING : String(row.rank)] : [])],
      ...tasks.map(({ task }) => ratesOf(row, task)),
    ]),
  };
}

/** `1e-3`, `3e-2 (edge)`, `1e-4 or 1e-3`. */
function ratesOf({ results }: Row, task: string): string {
  const own = results.filter(({ trial }) => trial.settings.task === task);
  const ascending = [...own].sort(
    (a, b) => a.trial.settings.training.learningRate - b.trial.settings.training.learningRate,
  );
  const texts = ascending.map(({ trial }) => {
    const edge = chosenRate(trial)?.edge != null;
    return trial.settings.training.learningRate.toExponential() + (edge ? ' (edge)' : '');
  });
  return texts.length === 0 ? NOTHING : distinct(texts).join(' or ');
}
