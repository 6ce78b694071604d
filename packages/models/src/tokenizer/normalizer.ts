/** Normalizers of a tokenizer.json that keeps spaces: what SentencePiece's models are converted to. */
import { z } from 'zod';
import { isObject } from '../files.ts';
import { toLowerCase, unicodeForm } from './bert-words.ts';
import { charsmapNormalizer } from './charsmap.ts';
import { endSpaces, runsOfSpaces, startSpaces } from './spaces.ts';

/** The regular expressions that converted tokenizers have, in the words of the file. */
const expressions: Readonly<Record<string, RegExp>> = {
  ' {2,}': / {2,}/gu,
  '\\s{2,}|[\\n\\r\\t]': runsOfSpaces,
};

const flag = z.boolean();
const step = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Lowercase') }),
  z.object({ type: z.literal('NFC') }),
  z.object({ type: z.literal('Strip'), strip_left: flag, strip_right: flag }),
  z.object({ type: z.literal('Precompiled'), precompiled_charsmap: z.base64() }),
  z.object({
    type: z.literal('Replace'),
    pattern: z.union(
      [z.strictObject({ String: z.string().min(1) }), z.strictObject({ Regex: z.enum(Object.keys(expressions)) })],
      `expected a String, or one of the expressions ${Object.keys(expressions).join(' and ')}`,
    ),
    content: z.string(),
  }),
]);

/** `normalizer` of tokenizer.json: null, one step, or a sequence of them. */
export const normalizerSchema = z.preprocess((value) => {
  if (value === null) return [];
  return isObject(value) && value['type'] === 'Sequence' ? value['normalizers'] : [value];
}, z.array(step));

export type Step = z.infer<typeof step>;

type TextFunction = (text: string) => string;

/** The function of these steps; a sentence about what is wrong with one. */
export function normalizerOf(steps: readonly Step[]): TextFunction | string {
  const functions: TextFunction[] = [];
  for (const step of steps) {
    const made = functionOf(step);
    if (typeof made === 'string') return made;
    functions.push(made);
  }
  return (text) => functions.reduce((result, f) => f(result), text);
}

function functionOf(step: Step): TextFunction | string {
  switch (step.type) {
    case 'Lowercase':
      return toLowerCase;
    case 'NFC':
      return (text) => unicodeForm(text, 'NFC');
    case 'Strip':
      return (text) => {
        const right = step.strip_right ? text.replace(endSpaces, '') : text;
        return step.strip_left ? right.replace(startSpaces, '') : right;
      };
    case 'Precompiled':
      return charsmapNormalizer(Buffer.from(step.precompiled_charsmap, 'base64'));
    case 'Replace': {
      const { pattern, content } = step;
      if ('String' in pattern) return (text) => text.replaceAll(pattern.String, () => content);
      return (text) => text.replace(expressions[pattern.Regex]!, () => content);
    }
  }
}
