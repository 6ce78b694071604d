/** From a model's answers to a record a question, and from records to a task's scores. */
import type { Choice, Generation } from './pieces.ts';
import { extractAnswer } from './protocols/extract.ts';
import type { Question } from './question.ts';

/** One question's line of the log. It has no text of the question. */
export interface QuestionRecord {
  /** The row in its file, from 0. */
  readonly index: number;
  /** The correct label. */
  readonly answer: string;
  /** The label that was answered; null where there was none. */
  readonly predicted: string | null;
  /** By the likelihood a character of the choice. Only of the cloze protocol, where it is another question. */
  readonly predictedNorm?: string | null;
  /** Whether the question stands in the training data. */
  readonly seen: boolean;
  /** The choices' summed log-probabilities, in nats, in the order of `labels`. */
  readonly logLikelihoods?: Readonly<Record<string, number>>;
  /** What the model wrote. */
  readonly generated?: string;
}

/** The record of a question answered by likelihood. Of equal ones the first counts; one that is not a number never. */
export function recordChoice(
  { index, labels, answer }: Question,
  { candidates }: Choice,
  logLikelihoods: readonly number[],
  seen: boolean,
): QuestionRecord {
  if (logLikelihoods.length !== candidates.length) {
    throw new RangeError(
      `expected ${candidates.length} log-likelihoods, one a choice, found ${logLikelihoods.length}.`,
    );
  }
  const best = (values: readonly number[]): string | null => {
    const finite = values.map((value) => (Number.isFinite(value) ? value : -Infinity));
    const top = Math.max(...finite);
    return top === -Infinity ? null : candidates[finite.indexOf(top)]!.label;
  };
  return {
    index,
    answer: labels[answer]!,
    predicted: best(logLikelihoods),
    predictedNorm: best(logLikelihoods.map((value, i) => value / candidates[i]!.characters)),
    seen,
    logLikelihoods: Object.fromEntries(candidates.map(({ label }, i) => [label, logLikelihoods[i]!])),
  };
}

/** The record of a question answered in writing. */
export function recordGeneration(
  question: Question,
  _asked: Generation,
  generated: string,
  seen: boolean,
): QuestionRecord {
  const { index, labels, answer, form } = question;
  return { index, answer: labels[answer]!, predicted: extractAnswer(form, generated), seen, generated };
}

/** A task's scores. Shares of 1. */
export interface CommonsenseScores {
  /** The share of questions answered with the correct label. A question without an answer counts as wrong. */
  readonly accuracy: number;
  /** The same by likelihood a character, where the records have it. */
  readonly accuracy_norm?: number;
  /** The share of questions in whose answer no label was found. */
  readonly no_answer_rate: number;
  /** `accuracy` of the questions that are not in the training data; absent if all are. */
  readonly accuracy_unseen?: number;
  /** The share of questions that are in the training data. */
  readonly seen_rate: number;
}

/** @throws RangeError if there is nothing to score */
export function scoreRecords(records: readonly QuestionRecord[]): CommonsenseScores {
  if (records.length === 0) throw new RangeError('there are no questions to score.');
  const share = (of: readonly QuestionRecord[], holds: (record: QuestionRecord) => boolean): number =>
    of.filter(holds).length / of.length;
  const correct = ({ predicted, answer }: QuestionRecord): boolean => predicted === answer;
  const unseen = records.filter(({ seen }) => !seen);
  return {
    accuracy: share(records, correct),
    ...(records.every(({ predictedNorm }) => predictedNorm !== undefined) && {
      accuracy_norm: share(records, ({ predictedNorm, answer }) => predictedNorm === answer),
    }),
    no_answer_rate: share(records, ({ predicted }) => predicted === null),
    ...(unseen.length > 0 && { accuracy_unseen: share(unseen, correct) }),
    seen_rate: 1 - unseen.length / records.length,
  };
}

/** The binomial standard error of a share p of n questions: sqrt(p (1 - p) / n). */
export function standardError(share: number, n: number): number {
  return Math.sqrt((share * (1 - share)) / n);
}

/** The plain mean of tasks' scores, as the published averages are, and its standard error: sqrt(Σ se²) / tasks. */
export function meanOfTasks(tasks: readonly { readonly value: number; readonly n: number }[]): {
  value: number;
  standardError: number;
} {
  const squares = tasks.reduce((sum, { value, n }) => sum + standardError(value, n) ** 2, 0);
  return {
    value: tasks.reduce((sum, { value }) => sum + value, 0) / tasks.length,
    standardError: Math.sqrt(squares) / tasks.length,
  };
}
