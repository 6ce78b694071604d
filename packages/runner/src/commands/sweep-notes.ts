import { methodNotes } from '@lomap/peft';
import { differenceText, protocolDifferences } from '@lomap/results';
import { cellOf, type Sweep } from '../config/sweep.ts';

/**
 * What a person should know of a sweep before it runs: what the methods do not share besides their own settings, and
 * what each trial's result will note of its method.
 */
export function sweepNotes(sweep: Pick<Sweep, 'tasks' | 'labels' | 'cells' | 'question'>): string[] {
  return [...protocolNotes(sweep), ...notesOfMethods(sweep)];
}

/** What else than the methods differs between the rows of the sweep's tables, as the tables will say it. */
function protocolNotes({
  tasks,
  labels,
  cells,
  question,
}: Pick<Sweep, 'tasks' | 'labels' | 'cells' | 'question'>): string[] {
  const rows = labels.map((label) => ({ title: label, trials: tasks.map((task) => cellOf({ cells }, task, label)) }));
  const differences = protocolDifferences(rows);
  const others = differences.filter(({ key }) => !question.includes(key));
  const idle = question.filter((key) => differences.every((difference) => difference.key !== key));
  const keys = [...new Set(others.map(({ key }) => key))];
  return [
    ...differences
      .filter(({ key }) => question.includes(key))
      .map((difference) => `The sweep asks about ${differenceText(difference)}.`),
    ...idle.map((key) => `The sweep asks about ${key}, in which no two methods differ.`),
    ...others.map((difference) => `Unequal protocols: ${differenceText(difference)}.`),
    ...(keys.length === 0
      ? []
      : [
          'Rows that were trained unequally are not compared. Give the methods the same settings, or, if the difference is ' +
            `what the sweep asks about, say so in its file: "question": ${JSON.stringify(keys)}.`,
        ]),
  ];
}

/**
 * What each trial's result will note of its method (void settings, what the start needs), before anything runs: each
 * sentence once, after the labels of the methods that it is about on some task.
 */
function notesOfMethods(sweep: Pick<Sweep, 'tasks' | 'labels' | 'cells'>): string[] {
  const labelsOf = new Map<string, Set<string>>();
  for (const label of sweep.labels) {
    for (const task of sweep.tasks) {
      const { method, training } = cellOf(sweep, task, label);
      for (const note of methodNotes(method, { clipping: training.maxGradNorm !== null })) {
        const sentence = note.replace(`${method.name}: `, '');
        labelsOf.set(sentence, (labelsOf.get(sentence) ?? new Set()).add(label));
      }
    }
  }
  return [...labelsOf].map(([sentence, labels]) => `${[...labels].join(', ')}: ${sentence}`);
}
