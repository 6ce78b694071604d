/** The three protocols: how a question is asked, and what is trained on it. */
import { DataError } from '../data-error.ts';
import { characters, type Choice, type Generation, type Lesson } from '../pieces.ts';
import { ANSWER_OPENING, type Question } from '../question.ts';
import type { CommonsenseTask } from '../tasks.ts';
import { clozeCandidates } from './cloze.ts';
import { evaluationPrompt, trainingPrompt, type PromptName } from './prompt.ts';

/**
 * `llm-adapters`: the model writes an answer after the prompt, and the first label in it counts.
 * `likelihood`: the label of the highest likelihood after the prompt and "the correct answer is".
 * `cloze`: the choice of the highest likelihood after the question, by lm-evaluation-harness's rules. No labels.
 */
export const protocolNames = ['llm-adapters', 'likelihood', 'cloze'] as const;
export type ProtocolName = (typeof protocolNames)[number];

export interface ProtocolOptions {
  /** The prompt around the instruction. `cloze` has none. */
  readonly prompt?: PromptName;
  /** What a training row's loss is the mean over. LLM-Adapters' scripts learn the prompt too, `all`. */
  readonly loss?: Lesson['loss'];
}

/** How LLM-Adapters generates: beam search, without sampling (its temperature, top_p and top_k do nothing). */
export const GENERATION = { beams: 4, maxNewTokens: 32 } as const;

/**
 * The tokens of a training row, by LLM-Adapters: a longer row is cut at its end, and only a shorter one is closed with
 * the end-of-text token.
 */
export const TRAINING_TOKENS = 256;

/** How one question of a task is asked. */
export function ask(
  protocol: ProtocolName,
  task: CommonsenseTask,
  question: Question,
  { prompt = 'llm-adapters' }: ProtocolOptions = {},
): Choice | Generation {
  if (protocol === 'cloze') return { kind: 'choice', candidates: clozeCandidates(task, question) };
  const context = evaluationPrompt(question, prompt);
  if (protocol === 'llm-adapters') return { kind: 'generation', context, labels: question.labels };
  const candidates = question.labels.map((label) => ({
    label,
    context: `${context}${ANSWER_OPENING}`,
    continuation: ` ${label}`,
    characters: characters(label),
  }));
  return { kind: 'choice', candidates };
}

/**
 * What is learned from one question: the output after the prompt, or the correct choice after the context.
 *
 * @param task the question's; null for a row of the mixture, which does not say it
 * @throws DataError where `cloze` would need the task: its contexts differ by task.
 */
export function lesson(
  protocol: ProtocolName,
  task: CommonsenseTask | null,
  question: Question,
  { prompt = 'llm-adapters', loss = protocol === 'cloze' ? 'continuation' : 'all' }: ProtocolOptions = {},
): Lesson {
  if (protocol !== 'cloze') {
    return { context: trainingPrompt(question, prompt), continuation: question.output, loss };
  }
  if (!task) {
    throw new DataError(
      `Row ${question.index} of the mixture says no task, and the cloze protocol writes each task's questions in its own ` +
        `way. Train on the tasks' own train.json, or take the protocol llm-adapters or likelihood.`,
    );
  }
  const label = question.labels[question.answer];
  const { context, continuation } = clozeCandidates(task, question).find((candidate) => candidate.label === label)!;
  return { context, continuation, loss };
}
