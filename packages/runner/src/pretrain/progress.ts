/** What a pretraining run tells the person who watches it: a bar on a terminal, a line an event elsewhere. */
import type { Evaluation, StepInfo } from '@lomap/train';
import { liveBars, type Bar } from '../progress/live-bars.ts';
import { formatDuration } from '../progress/style.ts';

export interface PretrainingProgress {
  message(text: string): void;
  step(info: StepInfo): void;
  evaluation(evaluation: Evaluation): void;
  end(): void;
}

/** Tells nobody; for tests. */
export const silentPretraining: PretrainingProgress = { message() {}, step() {}, evaluation() {}, end() {} };

/** One plain line an event, with the time left at each evaluation. */
export function plainPretraining(
  write: (line: string) => void,
  now: () => Date = () => new Date(),
): PretrainingProgress {
  const line = (text: string): void => write(`${now().toTimeString().slice(0, 8)} ${text}`);
  const rest = timeLeft(() => now().getTime());
  let last: StepInfo | null = null;
  return {
    message: line,
    step(info) {
      rest.step(info);
      last = info;
    },
    evaluation(evaluation) {
      line([describe(evaluation, last), rest.text()].filter(Boolean).join(', '));
    },
    end() {},
  };
}

export function barPretraining(stream: NodeJS.WriteStream): PretrainingProgress {
  const bars = liveBars(stream, '{bar} {value}/{total} {detail}');
  const rest = timeLeft(Date.now);
  let bar: Bar | null = null;
  let last: StepInfo | null = null;
  return {
    message: (text) => bars.log(text),
    step(info) {
      rest.step(info);
      last = info;
      bar ??= bars.add(info.steps, info.step, { detail: '' });
      bar?.update(info.step, { detail: [`loss ${info.loss.toFixed(4)}`, rest.text()].filter(Boolean).join('  ') });
    },
    evaluation: (evaluation) => bars.log(describe(evaluation, last)),
    end: () => bars.end(),
  };
}

/** `step 250: held-out loss 3.123, accuracy .412; training loss 3.2`. */
function describe({ step, loss, accuracy }: Evaluation, last: StepInfo | null): string {
  const of = last ? ` of ${last.steps}` : '';
  const training = last ? `; training loss ${last.loss.toFixed(3)}` : '';
  const share = accuracy.toFixed(3).replace(/^0/, '');
  return `step ${step}${of}: held-out loss ${loss.toFixed(4)}, accuracy ${share}${training}`;
}

/** The time left by this attempt's pace, evaluations included. */
function timeLeft(now: () => number): { step(info: StepInfo): void; text(): string } {
  let first: { step: number; at: number } | null = null;
  let text = '';
  return {
    step({ step, steps }) {
      const at = now();
      first ??= { step, at };
      const done = step - first.step;
      if (done >= 10) text = `about ${formatDuration((((at - first.at) / done) * (steps - step)) / 1000)} left`;
    },
    text: () => text,
  };
}
