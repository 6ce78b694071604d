/** CoLA: is the sentence well formed? Every ill-formed sentence has its well-formed twin; see ../forms. */
import { within } from '../part.ts';
import type { MakeConstruction } from '../forms/construction.ts';
import { distantForms } from '../forms/distant.ts';
import { localForms, neighbourForms } from '../forms/local.ts';
import { wordForms } from '../forms/word-forms.ts';
import { type Level, type MakeSet } from './rows.ts';

const constructions: Readonly<Record<Level, readonly MakeConstruction[]>> = {
  1: [...wordForms, ...neighbourForms],
  2: localForms,
  3: distantForms,
};

export const cola: MakeSet = ({ plan, draw, part, level }) => {
  const { sentences, keys } = plan.pick(constructions[level])(draw);
  if (!within(part, ...keys)) return undefined;
  return sentences.map(({ text, acceptable }) => ({ text, pair: null, label: acceptable ? '1' : '0' }));
};
