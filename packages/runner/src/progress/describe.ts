/** Trials in words, the same on a terminal and in a log. */
import { isBetter, readingOf } from '@lomap/tasks';
import type { PlannedTrial } from '../plan/plan.ts';
import type { Outcome } from '../sweep/outcome.ts';
import { formatDuration, formatScore, type Paint } from './style.ts';

/** `mrpc lora s1`, with the learning rate where a search varies it. */
export function trialName({ purpose, settings }: PlannedTrial): string {
  const searched = purpose === 'search' ? ` lr ${settings.training.learningRate} (search)` : '';
  return `${settings.task} ${settings.method.label} s${settings.seed}${searched}`;
}

export function describeOutcome(trial: PlannedTrial, outcome: Outcome, seconds: number, colors: Paint): string {
  const took = colors.dim(`in ${formatDuration(seconds)}`);
  const name = trialName(trial);
  switch (outcome.type) {
    case 'complete': {
      const on = trial.settings.evaluateDev ? 'dev' : 'selection';
      const collapsed = outcome.collapsed ? colors.yellow(', collapsed: its predictions hardly vary,') : '';
      return `${colors.green('complete')}    ${name}: ${outcome.metric} ${formatScore(outcome.score)} on ${on}${collapsed} ${took}`;
    }
    case 'failed':
      return `${colors.red('failed')}      ${name}: ${outcome.error.message} ${took}`;
    case 'interrupted':
      return `${colors.yellow('interrupted')} ${name}${outcome.error ? `: ${outcome.error.message}` : ''} ${took}`;
  }
}

/** Keeps the best main trial of each task by its score on dev. */
export class BestSoFar {
  private readonly best = new Map<string, { trial: PlannedTrial; score: number; metric: string }>();

  add(trial: PlannedTrial, outcome: Outcome): void {
    if (outcome.type !== 'complete' || outcome.score === null || trial.purpose !== 'main') return;
    const before = this.best.get(trial.settings.task);
    if (!before || isBetter(readingOf(outcome.metric), outcome.score, before.score))
      this.best.set(trial.settings.task, { trial, score: outcome.score, metric: outcome.metric });
  }

  /** `best mrpc lora s1 .821 · cola ...`; the empty string before the first. */
  toString(): string {
    const parts = [...this.best.values()].map(({ trial, score }) => `${trialName(trial)} ${formatScore(score)}`);
    return parts.length === 0 ? '' : `best: ${parts.join(' · ')}`;
  }
}
