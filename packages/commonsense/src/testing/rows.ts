/** Rows of our own in LLM-Adapters' wordings, one of each form. */
import { readQuestion, type Question } from '../question.ts';

export interface Row {
  readonly instruction: string;
  readonly input: string;
  readonly output: string;
  readonly answer: string;
}

export function row(instruction: string, answer: string): Row {
  return { instruction, input: '', output: `the correct answer is ${answer}`, answer };
}

export const rows = {
  boolq: row(
    'Please answer the following question with true or false, question: can geese swim?\n\nAnswer format: true/false',
    'true',
  ),
  piqa: row(
    'Please choose the correct solution to the question: Dry a wet hat\n\nSolution1: Hang it up \n\nSolution2: Freeze it\n\n' +
      'Answer format: solution1/solution2',
    'solution1',
  ),
  siqa: row(
    'Please choose the correct answer to the question: Ada lent Bo a saw. Why did Ada do this?\n\n' +
      'Answer1: to help Answer2: to win Answer3: to rest\n\nAnswer format: answer1/answer2/answer3',
    'answer1',
  ),
  hellaswag: row(
    'Please choose the correct ending to complete the given sentence: Gardening: [header] How to grow beans [title] Dig a ' +
      'bed. [step] Make it deep.\n\nEnding1: [step] Water  it. Ending2: sing Ending3: [title] Wait [step] a week Ending4: leave\n\n' +
      'Answer format: ending1/ending2/ending3/ending4',
    'ending3',
  ),
  winogrande: row(
    'Please choose the correct answer to fill in the blank to complete the given sentence: The key did not fit the lock as _ ' +
      'was bent .\n\nOption1: the key Option2: the lock Answer format: option1/option2',
    'option1',
  ),
  arc: row(
    'Please choose the correct answer to the question: Which is a metal?\n\nAnswer1: iron Answer2: wood Answer3: wool ' +
      'Answer4: wax\n\nAnswer format: answer1/answer2/answer3/answer4',
    'answer1',
  ),
};

export function questionOf(name: keyof typeof rows, index = 0): Question {
  return readQuestion(rows[name], index, name);
}
