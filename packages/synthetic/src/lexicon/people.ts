/** People: by first name, or by what they do. */
import { type Concept, concept, leaves, trees } from './concept.ts';

const women =
  'Anna Maria Clara Emma Julia Laura Sofia Helen Martha Nora Olivia Paula Rachel Sarah Teresa Ursula Vera Wendy ' +
  'Yvonne Zoe Alice Bella Carmen Diana Elena Fiona Greta Hannah Irene Jane Karen Linda Monica Nina Petra Rita Sandra ' +
  'Tina Agnes Brenda Cecilia Doris Edith Gloria Ingrid Judith Lucy Miriam';
const men =
  'Adam Albert Arthur Bernard Boris Carl Daniel David Edgar Edward Eric Felix Frank Fred George Gerald Harold Henry ' +
  'Hugo Ian Isaac Jacob James Jonas Kevin Leo Louis Lucas Martin Max Nathan Neil Oliver Oscar Otto Paul Peter Philip ' +
  'Ralph Robert Roger Samuel Simon Stephen Thomas Victor Walter William';

/** 48 each. */
export const womenNames: readonly Concept[] = women.split(' ').map((name) => concept('person', name));
export const menNames: readonly Concept[] = men.split(' ').map((name) => concept('person', name));
export const names: readonly Concept[] = [...womenNames, ...menNames];

const nameSet = new Set(names);
const womenSet = new Set(womenNames);

export function isName(person: Concept): boolean {
  return nameSet.has(person);
}

export function isWoman(name: Concept): boolean {
  return womenSet.has(name);
}

/** What people do, for the two halves of the vocabulary: MNLI's mismatched dev split speaks only of the second. */
export const everydayOccupations: readonly Concept[] = trees('person', [
  'artist: painter singer dancer sculptor actor poet',
  'athlete: swimmer boxer skier gymnast cyclist sprinter',
  'scientist: chemist physicist biologist geologist',
]);
export const otherOccupations: readonly Concept[] = trees('person', [
  'musician: pianist violinist drummer guitarist cellist',
  'artisan/craftsman: potter weaver blacksmith carpenter tailor',
  'doctor/physician: surgeon dentist pediatrician cardiologist',
]);
export const occupations: readonly Concept[] = [...everydayOccupations, ...otherOccupations];

/** The most specific occupations. */
export const jobs: readonly Concept[] = occupations.flatMap(leaves);
