/** The eight commonsense tasks of LLM-Adapters (arXiv 2304.01933), as data, in the order of the published tables. */
import { DataError } from './data-error.ts';
import type { Form } from './forms.ts';

export type SplitName = 'train' | 'test';

/** A task: whose files are `<folder>/train.json` and `<folder>/test.json`. */
export interface CommonsenseTask {
  readonly name: string;
  /** The name in tables. */
  readonly title: string;
  /** The folder of its files, as LLM-Adapters names it. */
  readonly folder: string;
  readonly form: Form['name'];
  /** The fewest and the most choices of a question. */
  readonly choices: readonly [number, number];
  /** lm-evaluation-harness's name of the task. */
  readonly harness: string;
  /** Which of lm-evaluation-harness's metrics is usually quoted: `acc`, or `acc_norm`, by the choices' lengths. */
  readonly quoted: 'accuracy' | 'accuracy_norm';
}

export const tasks: readonly CommonsenseTask[] = [
  entry('boolq', 'BoolQ', 'boolq', 'boolean', [2, 2], 'boolq', 'accuracy'),
  entry('piqa', 'PIQA', 'piqa', 'solution', [2, 2], 'piqa', 'accuracy_norm'),
  entry('siqa', 'SIQA', 'social_i_qa', 'answer', [3, 3], 'social_iqa', 'accuracy'),
  entry('hellaswag', 'HellaSwag', 'hellaswag', 'ending', [4, 4], 'hellaswag', 'accuracy_norm'),
  entry('winogrande', 'WinoGrande', 'winogrande', 'option', [2, 2], 'winogrande', 'accuracy'),
  entry('arc_e', 'ARC-e', 'ARC-Easy', 'answer', [3, 5], 'arc_easy', 'accuracy'),
  entry('arc_c', 'ARC-c', 'ARC-Challenge', 'answer', [3, 5], 'arc_challenge', 'accuracy_norm'),
  entry('obqa', 'OBQA', 'openbookqa', 'answer', [4, 4], 'openbookqa', 'accuracy_norm'),
];

function entry(
  name: string,
  title: string,
  folder: string,
  form: Form['name'],
  choices: readonly [number, number],
  harness: string,
  quoted: CommonsenseTask['quoted'],
): CommonsenseTask {
  return { name, title, folder, form, choices, harness, quoted };
}

/** The names of all tasks, in the order of the published tables. */
export const taskNames: readonly string[] = tasks.map(({ name }) => name);

/**
 * The task of that name, spelled as here, as LLM-Adapters' folder or as lm-evaluation-harness does: `arc_e`, `ARC-Easy`,
 * `arc_easy`.
 *
 * @throws DataError naming the known tasks if there is none.
 */
export function task(name: string): CommonsenseTask {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_]/g, '');
  const found = tasks.find((known) =>
    [known.name, known.title, known.folder, known.harness].some((spelling) => plain(spelling) === plain(name)),
  );
  if (!found) throw new DataError(`Unknown task "${name}". The commonsense tasks are ${taskNames.join(', ')}.`);
  return found;
}
