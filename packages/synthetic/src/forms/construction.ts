/**
 * Well-formed sentences and their ill-formed twins. A construction makes both from one choice of words by setting one
 * feature (a number, a gender, a form, a position) as grammar asks or as it forbids; nothing looks at the surface.
 */
import type { Concept } from '../lexicon/concept.ts';
import { leaves } from '../lexicon/concept.ts';
import { everydayOccupations, otherOccupations } from '../lexicon/people.ts';
import { things } from '../lexicon/things.ts';
import type { Draw } from '../random.ts';

export interface Judged {
  readonly text: string;
  readonly acceptable: boolean;
}

export interface Construction {
  /** As many acceptable as unacceptable sentences. */
  readonly sentences: readonly Judged[];
  /** @see Part */
  readonly keys: readonly string[];
}

export type MakeConstruction = (draw: Draw) => Construction;

const animals = leaves(things.find(({ words }) => words[0] === 'animal')!);
const jobs = [...everydayOccupations, ...otherOccupations].flatMap(leaves);
const objects = things.filter(({ words }) => words[0] !== 'animal').flatMap(leaves);

/** Who can sleep, sing and wait. */
export const actors: readonly Concept[] = [...animals, ...jobs];
export const inanimate: readonly Concept[] = objects;
export const persons: readonly Concept[] = jobs;

export const activities = (
  'sleep wait rest move swim run jump walk hide play eat drink wander tremble return work travel stay live cough sing ' +
  'dance laugh smile'
).split(' ');

/** Two different concepts. */
export function two(draw: Draw, list: readonly Concept[]): [Concept, Concept] {
  const [one, other] = draw.sample(list, 2);
  return [one!, other!];
}

export function judged(text: string, acceptable: boolean): Judged {
  return { text, acceptable };
}
