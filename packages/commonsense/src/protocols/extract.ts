/** The answer in what a model wrote, as LLM-Adapters looks for it. */
import type { Form } from '../forms.ts';
import { strip } from '../pieces.ts';
import { RESPONSE } from './prompt.ts';

/** All labels of a form, whatever the row's own: `answer5` is found where there are three answers, and is wrong. */
const WORDS: Readonly<Record<Form['name'], RegExp>> = {
  boolean: /true|false/,
  solution: /solution1|solution2/,
  answer: /answer1|answer2|answer3|answer4|answer5/,
  ending: /ending1|ending2|ending3|ending4/,
  option: /option1|option2/,
};

/**
 * The first label in a response; null where there is none. Case counts and words need no end: `untrue` says true and
 * `answer15` says answer1, as in commonsense_evaluate.py (AGI-Edgerunners/LLM-Adapters 8166572).
 *
 * @param response what the model wrote after the prompt, special tokens left out. What follows a further
 *   `### Response:` is not read.
 */
export function extractAnswer(form: Form['name'], response: string): string | null {
  return WORDS[form].exec(strip(response.split(RESPONSE)[0]!))?.[0] ?? null;
}
