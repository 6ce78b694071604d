/** One text of the pretraining corpus: a kind of discourse is drawn, then its content, until all of it is the part's. */
import { type Part, within } from '../part.ts';
import { type Draw, until } from '../random.ts';
import { constructed, pronounTaken, reviewed } from './opinions-and-forms.ts';
import { kindOf, quantified, ruled } from './knowledge.ts';
import { answered, contrasted, ordered, plainScene, restated, specified } from './events.ts';

/** What a text is about, and how to say it: most of what is drawn belongs to another part and is never said. */
export interface Discourse {
  readonly keys: readonly string[];
  readonly say: () => readonly string[];
}

/** Returns undefined where what was drawn does not suit. Drawing what is the part's straight away is only faster. */
export type MakeDiscourse = (draw: Draw, part: Part) => Discourse | undefined;

/** Kinds, and how many of 40 texts are of each. */
const kinds: readonly (readonly [number, MakeDiscourse])[] = [
  [4, plainScene],
  [7, restated],
  [4, specified],
  [3, contrasted],
  [4, answered],
  [3, ordered],
  [1, kindOf],
  [3, quantified],
  [1, ruled],
  [4, reviewed],
  [3, pronounTaken],
  [3, constructed],
];
const urn = kinds.flatMap(([count, kind]) => Array.from({ length: count }, () => kind));

/** The sentences of one text. */
export function discourse(draw: Draw, part: Exclude<Part, 'dev'>): readonly string[] {
  const kind = draw.pick(urn);
  return until('discourse', () => {
    const made = kind(draw, part);
    return made && within(part, ...made.keys) ? made.say() : undefined;
  });
}
