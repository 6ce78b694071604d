/** Which questions of a test a training file has too, and rows that a training file has several times. */
import type { Question } from './question.ts';

/** A question's text as it is compared: lower case, white space as one space. The choices are not compared. */
function plain({ question }: Question): string {
  return question.toLowerCase().replaceAll(/\s+/g, ' ').trim();
}

/**
 * The rows of the test (by `index`) whose question stands in the training data, whatever its choices. HellaSwag repeats
 * contexts with other endings, which count too.
 */
export function seenInTraining(test: readonly Question[], training: readonly Question[]): Set<number> {
  const known = new Set(training.map(plain));
  return new Set(test.filter((question) => known.has(plain(question))).map(({ index }) => index));
}

/**
 * The rows without the copies of WinoGrande's: the mixture has 63,238 of them, about what its six nested training sets
 * add up to. Of rows with the same instruction and answer the first stays; other forms' rows stay as they are.
 */
export function withoutCopies(questions: readonly Question[]): Question[] {
  const known = new Set<string>();
  return questions.filter(({ form, instruction, output }) => {
    if (form !== 'option') return true;
    const text = `${instruction}\n${output}`;
    if (known.has(text)) return false;
    known.add(text);
    return true;
  });
}
