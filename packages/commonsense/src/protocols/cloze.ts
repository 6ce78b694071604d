/**
 * The texts that lm-evaluation-harness 0.4.13 scores for the eight tasks (`lm_eval/tasks`), from LLM-Adapters' rows.
 * Where a choice's text is the continuation its length is the choice's; WinoGrande puts the choices into the context and
 * scores the sentence's end, the same for both.
 *
 * BoolQ's rows have no passage there, so the question stands alone: not the harness's score of BoolQ.
 */
import { DataError } from '../data-error.ts';
import { characters, strip, type Candidate, type Pair } from '../pieces.ts';
import type { Question } from '../question.ts';
import type { CommonsenseTask } from '../tasks.ts';

/** From a question's text to the context. */
const CONTEXTS: Readonly<Record<string, (question: string) => string>> = {
  boolq: (question) => asked(question.endsWith('?') ? question : `${question}?`),
  piqa: asked,
  siqa: (question) => `Q: ${question}\nA:`,
  hellaswag: withoutMarks,
  arc_e: asked,
  arc_c: asked,
  obqa: (question) => question,
};

function asked(question: string): string {
  return `Question: ${question}\nAnswer:`;
}

/** HellaSwag's texts of WikiHow have marks in brackets, which become a stop or nothing. */
function withoutMarks(text: string): string {
  return strip(text)
    .replaceAll(' [title]', '. ')
    .replaceAll(/\[[^\n]*?\]/g, '')
    .replaceAll('  ', ' ');
}

/** The choices' texts, each with its label. */
function texts({ name }: CommonsenseTask, { choices, labels }: Question): { label: string; text: string }[] {
  // The harness asks for "no" and "yes", in this order: of equal likelihoods the first is taken.
  if (name === 'boolq') return [...labels].reverse().map((label) => ({ label, text: label === 'true' ? 'yes' : 'no' }));
  const written = (text: string): string => (name === 'hellaswag' ? withoutMarks(text) : text);
  return choices.map((text, i) => ({ label: labels[i]!, text: written(text) }));
}

/**
 * What is scored for each choice.
 *
 * @throws DataError where a sentence of WinoGrande has no blank.
 */
export function clozeCandidates(task: CommonsenseTask, question: Question): Candidate[] {
  const filled = task.name === 'winogrande' ? filler(question) : null;
  const context = CONTEXTS[task.name]?.(question.question) ?? '';
  return texts(task, question).map(({ label, text }) => {
    const pair: Pair = filled?.(text) ?? { context, continuation: ` ${text}` };
    return { ...pair, label, characters: characters(filled ? pair.context : text) };
  });
}

/** Puts an option where the blank is; the sentence's end is what is scored. */
function filler({ question, index }: Question): (option: string) => Pair {
  const blank = question.indexOf('_');
  if (blank < 0) throw new DataError(`WinoGrande, row ${index}: expected a blank "_" in the sentence, found none.`);
  const [before, after] = [question.slice(0, blank), question.slice(blank + 1)];
  return (option) => ({ context: before + option, continuation: ` ${strip(after)}` });
}
