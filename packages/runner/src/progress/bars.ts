/** Progress on a terminal: a bar for each running trial, one for the sweep with the time left and the best so far. */
import type { PlannedTrial } from '../plan/plan.ts';
import { BestSoFar, describeOutcome, trialName } from './describe.ts';
import { liveBars, type Bar } from './live-bars.ts';
import type { Progress } from './progress.ts';
import { formatDuration, type Paint } from './style.ts';

export function barProgress(stream: NodeJS.WriteStream, colors: Paint): Progress {
  const bars = liveBars(stream, '{bar} {value}/{total} {name} {detail}');
  const running = new Map<string, Bar>();
  const best = new BestSoFar();
  const durations: number[] = [];
  let overall: Bar | null = null;
  let counts = { total: 0, done: 0, jobs: 1 };

  const update = (): void => {
    const mean = durations.reduce((sum, value) => sum + value, 0) / durations.length;
    const rest = counts.total - counts.done;
    const eta =
      durations.length > 0 && rest > 0
        ? `about ${formatDuration((mean * rest) / Math.min(counts.jobs, rest))} left`
        : '';
    overall?.update(counts.done, { detail: [eta, best.toString()].filter(Boolean).join('  ') });
  };
  const remove = (trial: PlannedTrial): void => {
    const bar = running.get(trial.id);
    running.delete(trial.id);
    if (bar) bars.remove(bar);
  };
  return {
    begin(given) {
      counts = { ...given };
      overall = bars.add(given.total, given.done, { name: 'trials', detail: '' });
    },
    trialStarted(trial) {
      const bar = bars.add(1, 0, { name: trialName(trial), detail: 'loading' });
      if (bar) running.set(trial.id, bar);
    },
    trialReported(trial, report) {
      const bar = running.get(trial.id);
      if (report.type === 'step') {
        bar?.setTotal(report.steps);
        bar?.update(report.step, { detail: `loss ${report.loss.toFixed(4)}` });
      } else if (report.type === 'activity') {
        bar?.setTotal(report.total ?? 1);
        bar?.update(report.done ?? 0, { detail: report.doing });
      } else if (report.type === 'note') bars.log(`${trialName(trial)}: ${report.text}`);
    },
    trialEnded(trial, outcome, seconds) {
      remove(trial);
      best.add(trial, outcome);
      if (outcome.type === 'complete') {
        counts = { ...counts, done: counts.done + 1 };
        durations.push(seconds);
      }
      bars.log(describeOutcome(trial, outcome, seconds, colors));
      update();
    },
    message: (text) => bars.log(text),
    end: () => bars.end(),
  };
}
