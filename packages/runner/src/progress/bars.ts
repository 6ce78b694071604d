/** Progress on a terminal: a bar for each running trial, one for the sweep with the time left and the best so far. */
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { PlannedTrial } from '../plan/plan.ts';
import { BestSoFar, describeOutcome, trialName } from './describe.ts';
import type { Progress } from './progress.ts';
import { formatDuration, type Paint } from './style.ts';

export function barProgress(stream: NodeJS.WriteStream, colors: Paint): Progress {
  const bars = new MultiBar(
    { stream, hideCursor: true, clearOnComplete: true, format: '{bar} {value}/{total} {name} {detail}', barsize: 20 },
    Presets.shades_classic,
  );
  const running = new Map<string, SingleBar>();
  const best = new BestSoFar();
  const durations: number[] = [];
  let overall: SingleBar | null = null;
  let counts = { total: 0, done: 0, jobs: 1 };

  const log = (text: string): void => bars.log(`${text}\n`);
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
      overall = bars.create(given.total, given.done, { name: 'trials', detail: '' });
    },
    trialStarted(trial) {
      running.set(trial.id, bars.create(1, 0, { name: trialName(trial), detail: 'loading' }));
    },
    trialReported(trial, report) {
      const bar = running.get(trial.id);
      if (report.type === 'step') {
        bar?.setTotal(report.steps);
        bar?.update(report.step, { detail: `loss ${report.loss.toFixed(4)}` });
      } else if (report.type === 'note') log(`${trialName(trial)}: ${report.text}`);
    },
    trialEnded(trial, outcome, seconds) {
      remove(trial);
      best.add(trial, outcome);
      if (outcome.type === 'complete') {
        counts = { ...counts, done: counts.done + 1 };
        durations.push(seconds);
      }
      log(describeOutcome(trial, outcome, seconds, colors));
      update();
    },
    message: log,
    end: () => bars.stop(),
  };
}
