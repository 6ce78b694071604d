/** A row of LLM-Adapters' JSON as a question with choices. Strict: what is not one is an error. */
import { DataError } from './data-error.ts';
import { takeApart, type Form } from './forms.ts';

/** One question. Texts are the file's, white space included. */
export interface Question {
  /** The row's number in its file, from 0. */
  readonly index: number;
  readonly form: Form['name'];
  /** The question alone, without the instruction's wording. */
  readonly question: string;
  /** The texts to choose from, in the file's order; `true` and `false` for a boolean question. */
  readonly choices: readonly string[];
  /** The word that names each choice: `answer1`, ... */
  readonly labels: readonly string[];
  /** The place of the correct choice. */
  readonly answer: number;
  /** What a model is told to do: wording, question, choices, and the words that may answer. */
  readonly instruction: string;
  /** What a model is trained to say: `the correct answer is answer3`. */
  readonly output: string;
}

/** What stands before the label in every `output`. */
export const ANSWER_OPENING = 'the correct answer is';

/** The keys of a row, all strings. */
const KEYS = ['instruction', 'input', 'output', 'answer'] as const;

/**
 * @param value a row as JSON has it
 * @param place the file and row, for the message
 * @throws DataError
 */
export function readQuestion(value: unknown, index: number, place: string): Question {
  const row = readRow(value, place);
  const parts = takeApart(row.instruction);
  if (typeof parts === 'string') throw new DataError(`${place}: ${parts}.`);
  const { form, question, choices, labels } = parts;
  if (question.trim() === '') throw new DataError(`${place}: expected a question after the instruction's opening.`);
  const answer = labels.indexOf(row.answer);
  if (answer < 0) {
    throw new DataError(
      `${place}: expected an answer among ${labels.join(', ')}, found ${JSON.stringify(row.answer)}.`,
    );
  }
  const output = `${ANSWER_OPENING} ${row.answer}`;
  if (row.output !== output) {
    throw new DataError(`${place}: expected the output "${output}", found ${JSON.stringify(row.output)}.`);
  }
  return { index, form: form.name, question, choices, labels, answer, instruction: row.instruction, output };
}

function readRow(value: unknown, place: string): Record<(typeof KEYS)[number], string> {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const text = (key: string): string => {
    const entry = found[key];
    if (typeof entry === 'string') return entry;
    throw new DataError(
      `${place}: expected an object with the texts ${KEYS.join(', ')}, as LLM-Adapters writes them; ` +
        `${key} is ${entry === undefined ? 'missing' : `no text but ${JSON.stringify(entry).slice(0, 40)}`}.`,
    );
  };
  const row = {
    instruction: text('instruction'),
    input: text('input'),
    output: text('output'),
    answer: text('answer'),
  };
  if (row.input !== '') throw new DataError(`${place}: expected an empty input, found ${JSON.stringify(row.input)}.`);
  return row;
}
