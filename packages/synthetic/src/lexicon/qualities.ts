/** What things are like. Two qualities of one dimension exclude each other; of two dimensions, say nothing of each other. */
import { type Concept, trees } from './concept.ts';

const dimensions = {
  size: 'big/large small/little',
  price: 'expensive/costly cheap/inexpensive',
  age: 'old new',
  years: 'old young',
  weight: 'heavy light',
  cleanness: 'clean dirty/filthy',
  colour: 'red blue green yellow white black brown',
  beauty: 'beautiful/pretty ugly/hideous',
} as const;

export type Dimension = keyof typeof dimensions;

const made = Object.fromEntries(
  Object.entries(dimensions).map(([name, words]) => [name, trees(name, words.split(' '))]),
) as Record<Dimension, Concept[]>;

/** Which qualities a class of things can have. */
const applicable: Readonly<Record<string, readonly Dimension[]>> = {
  animal: ['size', 'price', 'years', 'beauty', 'weight'],
  plant: ['size', 'price', 'beauty', 'weight'],
  garment: ['size', 'price', 'age', 'cleanness', 'colour', 'beauty'],
  tool: ['size', 'price', 'age', 'cleanness', 'weight'],
  container: ['size', 'price', 'age', 'cleanness', 'colour', 'weight', 'beauty'],
  fruit: ['size', 'price', 'weight', 'cleanness'],
  vehicle: ['size', 'price', 'age', 'cleanness', 'colour', 'beauty'],
  instrument: ['size', 'price', 'age', 'beauty', 'weight'],
  jewel: ['size', 'price', 'age', 'beauty', 'weight'],
  device: ['size', 'price', 'age', 'colour', 'weight'],
  toy: ['size', 'price', 'age', 'colour', 'cleanness'],
  building: ['size', 'price', 'age', 'colour', 'beauty'],
};

const byRoot = new Map(Object.entries(applicable).map(([root, names]) => [root, names.flatMap((name) => made[name])]));

/** The qualities that a thing can have; none for what is no thing (a language). */
export function qualitiesOf(thing: Concept): readonly Concept[] {
  return byRoot.get(thing.root.words[0]!) ?? [];
}
