/**
 * Sentences whose pronoun only understanding resolves, after Winograd: who was faster, if Anna beat Maria because she
 * was faster, because she was slower, although she was faster? The first property explains what A did, the second
 * what happened to B; after `although` it is the other way round.
 */
import { sentence } from '../language/english.ts';
import { type Concept, leaves } from '../lexicon/concept.ts';
import { isName, isWoman, menNames, womenNames } from '../lexicon/people.ts';
import { things } from '../lexicon/things.ts';
import type { Draw } from '../random.ts';

const people = [
  '{A} beat {B} in the race|was faster|was slower',
  '{A} defeated {B} at tennis|played well|played badly',
  '{A} envied {B}|was poor|was rich',
  '{A} taught {B} at home|knew more|knew less',
  '{A} outlasted {B}|had more energy|had less energy',
  '{A} lent {B} some money|was wealthy|was broke',
  '{A} paid for {B}|had more money|had less money',
  '{A} comforted {B}|was calm|was upset',
  '{A} waited for {B}|was early|was late',
  '{A} obeyed {B}|had less power|had more power',
  '{A} carried {B} home|was strong|was tired',
  '{A} guided {B} through the city|knew the streets|did not know the streets',
  '{A} looked up to {B}|was younger|was older',
  '{A} asked {B} for advice|knew little|knew a lot',
  '{A} helped {B} with the work|had finished early|had fallen behind',
  '{A} fed {B}|had plenty of food|was hungry',
  '{A} nursed {B}|was healthy|was ill',
  '{A} calmed {B} down|was relaxed|was nervous',
  '{A} protected {B}|was brave|was afraid',
  '{A} overtook {B} on the hill|was fit|was exhausted',
];
const objects = [
  '{A} did not fit into {B}|was rather big|was rather small',
  '{A} crushed {B}|was heavier|was lighter',
  '{A} scratched {B}|was harder|was softer',
  '{A} cost more than {B}|was better|was worse',
  '{A} sold faster than {B}|was cheaper|was dearer',
  '{A} lasted longer than {B}|was stronger|was weaker',
];

export interface Schema {
  readonly main: string;
  /** What explains A's part, and B's. */
  readonly properties: readonly [string, string];
}

const parse = (line: string): Schema => {
  const [main, forA, forB] = line.split('|') as [string, string, string];
  return { main, properties: [forA, forB] };
};
const peopleSchemas = people.map(parse);
const objectSchemas = objects.map(parse);

export interface Case {
  readonly schema: Schema;
  readonly candidates: readonly [Concept, Concept];
}

/** @param genders whether two people are of one gender, so that the pronoun fits both. */
export function sampleCase(draw: Draw, genders: 'same' | 'different'): Case | undefined {
  if (genders === 'same' && draw.chance(1, 4)) {
    const [one, other] = [draw.pick(leaves(draw.pick(things))), draw.pick(leaves(draw.pick(things)))];
    return one.root === other.root ? undefined : { schema: draw.pick(objectSchemas), candidates: [one, other] };
  }
  const [woman, man] = [draw.pick(womenNames), draw.pick(menNames)];
  const schema = draw.pick(peopleSchemas);
  if (genders === 'different') return { schema, candidates: draw.chance(1, 2) ? [woman, man] : [man, woman] };
  const [one, other] = draw.sample(draw.chance(1, 2) ? womenNames : menNames, 2);
  return { schema, candidates: [one!, other!] };
}

/** Which candidate the pronoun means: 0 for A, 1 for B. */
export function referent(property: 0 | 1, link: 'because' | 'although'): 0 | 1 {
  return (link === 'because') === (property === 0) ? 0 : 1;
}

export function caseSentence({ schema, candidates }: Case, property: 0 | 1, link: 'because' | 'although'): string {
  const main = schema.main.replace('{A}', phrase(candidates[0])).replace('{B}', phrase(candidates[1]));
  const meant = candidates[referent(property, link)];
  const pronoun = !isName(meant) ? 'it' : isWoman(meant) ? 'she' : 'he';
  return sentence(`${main} ${link} ${pronoun} ${schema.properties[property]}`);
}

/** The sentence with a candidate in the pronoun's place. */
export function resolved({ schema }: Case, candidate: Concept, property: 0 | 1): string {
  return sentence(`${phrase(candidate)} ${schema.properties[property]}`);
}

function phrase(candidate: Concept): string {
  return isName(candidate) ? candidate.words[0]! : `the ${candidate.words[0]!}`;
}

/** One key a candidate: a sentence about two belongs to the part that both belong to. @see Part */
export function caseKeys({ schema, candidates }: Case): string[] {
  return candidates.map(({ words }) => ['case', schema.main, words[0]!].join('|'));
}
