/** `lomap validate`: every error of a sweep file at once, and what its settings do not do. */
import { countMain, countSearch } from '../plan/plan.ts';
import { sweepContext, type SweepArguments } from './context.ts';
import { sweepNotes } from './sweep-notes.ts';

/** Throws a SweepFileError with all problems; otherwise says what the sweep is, and the notes of its methods. */
export function validateCommand(args: SweepArguments): string {
  const { config, sweep } = sweepContext(args);
  const trials = countMain(sweep);
  const search = countSearch(sweep);
  return [
    `${config} is valid: ${trials} trials (${sweep.labels.join(', ')} on ${sweep.tasks.join(', ')}, ${sweep.seeds.length} seeds)${search ? ` after a search of ${search}` : ''}.`,
    ...sweepNotes(sweep).map((note) => `Note: ${note}`),
  ].join('\n');
}
