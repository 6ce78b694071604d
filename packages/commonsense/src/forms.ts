/**
 * The five wordings of LLM-Adapters' instructions, and how one is taken apart. A row of the mixture says no task: its
 * wording is all there is.
 */

/** How the rows of some tasks are worded. */
export interface Form {
  /** What LLM-Adapters calls a choice: `answer` in `answer1/answer2`. For yes and no questions `boolean`. */
  readonly name: 'boolean' | 'solution' | 'answer' | 'ending' | 'option';
  /** The instruction's beginning, up to the question. */
  readonly opening: string;
  /** What stands between question and choices, between two choices, and before `Answer format:`. */
  readonly gaps: { readonly choices: string; readonly next: string; readonly format: string };
  /** The words that may answer, where the row does not number its choices. */
  readonly words?: readonly string[];
  /** The most choices of a row. */
  readonly most: number;
}

const blank = '\n\n';
const inLine = { choices: blank, next: ' ', format: blank };

/** Longer openings first: one is not the beginning of another, but an editor of the list need not see that. */
export const forms: readonly Form[] = [
  {
    name: 'boolean',
    opening: 'Please answer the following question with true or false, question: ',
    gaps: { choices: '', next: '', format: blank },
    words: ['true', 'false'],
    most: 2,
  },
  {
    name: 'option',
    opening: 'Please choose the correct answer to fill in the blank to complete the given sentence: ',
    gaps: { choices: blank, next: ' ', format: ' ' },
    most: 2,
  },
  {
    name: 'ending',
    opening: 'Please choose the correct ending to complete the given sentence: ',
    gaps: inLine,
    most: 4,
  },
  {
    name: 'solution',
    opening: 'Please choose the correct solution to the question: ',
    gaps: { choices: blank, next: blank, format: blank },
    most: 2,
  },
  { name: 'answer', opening: 'Please choose the correct answer to the question: ', gaps: inLine, most: 5 },
];

/** An instruction's parts. */
export interface Parts {
  readonly form: Form;
  readonly question: string;
  /** The texts of the choices as the row has them, white space included; `true` and `false` for a boolean question. */
  readonly choices: readonly string[];
  /** The words that may answer: `answer1`, `answer2`, ... */
  readonly labels: readonly string[];
}

/**
 * Takes an instruction apart. The words of its `Answer format:` are the choices, each of which must stand in the text
 * once, in order.
 *
 * @returns the parts, or half a sentence that says what was expected.
 */
export function takeApart(instruction: string): Parts | string {
  const form = forms.find(({ opening }) => instruction.startsWith(opening));
  if (!form)
    return `expected an instruction that begins with one of ${forms.map(({ opening }) => `"${opening}"`).join(', ')}`;
  const { gaps, name } = form;
  const format = `${gaps.format}Answer format: `;
  const end = instruction.lastIndexOf(format);
  if (end < 0) return `expected ${JSON.stringify(format)} and the words that may answer at the instruction's end`;
  const labels = instruction.slice(end + format.length).split('/');
  const expected = form.words ?? labels.map((_, i) => `${name}${i + 1}`);
  if (labels.join('/') !== expected.join('/') || labels.length < 2 || labels.length > form.most) {
    return `expected "Answer format: ${form.words?.join('/') ?? `${name}1/${name}2`}", found "${labels.join('/')}"`;
  }
  const body = instruction.slice(form.opening.length, end);
  if (form.words) return { form, question: body, choices: labels, labels };
  return split(body, form, labels);
}

/** Cuts the body at the choices' markers: `\n\nAnswer1: `, ` Answer2: `, ... */
function split(body: string, form: Form, labels: readonly string[]): Parts | string {
  const pieces: string[] = [];
  let rest = body;
  for (const [i, label] of labels.entries()) {
    const marker = `${i === 0 ? form.gaps.choices : form.gaps.next}${label[0]!.toUpperCase()}${label.slice(1)}: `;
    const at = rest.indexOf(marker);
    if (at < 0) return `expected ${JSON.stringify(marker)} in the instruction, after choice ${i}`;
    if (rest.includes(marker, at + marker.length)) return `expected ${JSON.stringify(marker)} once in the instruction`;
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at + marker.length);
  }
  return { form, question: pieces[0]!, choices: [...pieces.slice(1), rest], labels };
}
