/** Progress as one plain line an event: in a pipe, a log, continuous integration. */
import { describeOutcome, trialName } from './describe.ts';
import type { Progress } from './progress.ts';
import { formatScore, type Paint } from './style.ts';

export function plainProgress(
  write: (line: string) => void,
  colors: Paint,
  now: () => Date = () => new Date(),
): Progress {
  let total = 0;
  let done = 0;
  const line = (text: string): void => write(`${now().toTimeString().slice(0, 8)} ${text}`);
  return {
    begin(counts) {
      ({ total, done } = counts);
      line(`${total} trials, ${done} finished before, ${counts.jobs} at a time.`);
    },
    trialStarted: (trial, attempt, { kind, id, host }) =>
      line(
        `started     ${trialName(trial)}${attempt > 1 ? ` (attempt ${attempt})` : ''}` +
          (kind === 'local' ? '' : ` in ${kind} ${id} on ${host}`),
      ),
    trialReported(trial, report) {
      if (report.type === 'epoch') {
        line(
          `epoch ${Number(report.epoch.toFixed(2))}     ${trialName(trial)}: ${report.metric} ${formatScore(report.score)} on selection`,
        );
      } else if (report.type === 'note') line(`note        ${trialName(trial)}: ${report.text}`);
    },
    trialEnded(trial, outcome, seconds) {
      if (outcome.type === 'complete') done++;
      line(`${describeOutcome(trial, outcome, seconds, colors)} [${done}/${total}]`);
    },
    message: line,
    end() {},
  };
}
