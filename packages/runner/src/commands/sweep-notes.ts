import { methodNotes } from '@lomap/peft';
import type { Sweep } from '../config/sweep.ts';

/**
 * What each trial's result will note of its method (void settings, what the start needs), before anything runs: each
 * sentence once, after the labels of the methods that it is about on some task.
 */
export function sweepNotes(sweep: Pick<Sweep, 'tasks' | 'labels' | 'cell'>): string[] {
  const labelsOf = new Map<string, Set<string>>();
  for (const label of sweep.labels) {
    for (const task of sweep.tasks) {
      const { method, training } = sweep.cell(task, label);
      for (const note of methodNotes(method, { clipping: training.maxGradNorm !== null })) {
        const sentence = note.replace(`${method.name}: `, '');
        labelsOf.set(sentence, (labelsOf.get(sentence) ?? new Set()).add(label));
      }
    }
  }
  return [...labelsOf].map(([sentence, labels]) => `${[...labels].join(', ')}: ${sentence}`);
}
