/** Quantified statements about groups of people, and how they are said: `not every young painter in Rome owns a dog`. */
import { indefinite, plural, sentence, thirdPerson } from '../language/english.ts';
import { cities } from '../lexicon/circumstances.ts';
import { type Concept, leaves } from '../lexicon/concept.ts';
import { qualitiesOf } from '../lexicon/qualities.ts';
import type { Draw } from '../random.ts';
import type { Topic } from '../scene/sample.ts';
import type { Form } from './logic.ts';

/** What a statement is about: three nested groups and three nested things, from narrow to wide. */
export interface Subject {
  readonly groups: readonly [Noun, Noun, Noun];
  readonly things: readonly [Noun, Noun, Noun];
  readonly city: Concept;
  readonly verb: string;
}

/** A noun with or without an adjective: `young painter`. */
export interface Noun {
  readonly adjective: string | null;
  readonly node: Concept;
}

export const verbs = ['own', 'want', 'need', 'like', 'admire', 'draw', 'choose', 'carry', 'clean', 'sell'] as const;
const groupAdjectives = ['young', 'old', 'tall', 'short', 'rich', 'poor', 'famous', 'clever', 'lazy', 'shy'] as const;

export function sampleSubject(draw: Draw, topic: Topic): Subject {
  const job = draw.pick(topic.jobs);
  const root = draw.pick(topic.things);
  const leaf = draw.pick(leaves(root));
  const adjective = draw.pick(groupAdjectives);
  const groups = [noun(job, adjective), noun(job), noun(job.root)] as const;
  const kind = leaf.parent!;
  const things =
    kind === root
      ? ([noun(leaf, draw.pick(qualitiesOf(leaf)).words[0]!), noun(leaf), noun(root)] as const)
      : ([noun(leaf), noun(kind), noun(root)] as const);
  return { groups, things, city: draw.pick(cities), verb: draw.pick(verbs) };
}

function noun(node: Concept, adjective: string | null = null): Noun {
  return { adjective, node };
}

/** Who and what a statement is about, without quantifier, adjectives and level. @see Part */
export function subjectKey({ groups, things, city, verb }: Subject): string {
  return ['group', groups[2].node.root.words[0], things[2].node.root.words[0], city.words[0], verb].join('|');
}

/** A way to say a quantifier: its words, and whether a singular or plural follows. */
export type Saying = readonly [string, 'singular' | 'plural'];

const sayings: Readonly<Record<Form['quantifier'], readonly Saying[]>> = {
  every: [
    ['every', 'singular'],
    ['all', 'plural'],
    ['each', 'singular'],
  ],
  some: [
    ['some', 'plural'],
    ['at least one', 'singular'],
    ['one or more', 'plural'],
  ],
  no: [
    ['no', 'singular'],
    ['none of the', 'plural'],
  ],
  'not every': [
    ['not every', 'singular'],
    ['not all', 'plural'],
  ],
  'at least two': [
    ['at least two', 'plural'],
    ['more than one', 'singular'],
  ],
  'at least three': [
    ['at least three', 'plural'],
    ['more than two', 'plural'],
  ],
  'at most one': [
    ['at most one', 'singular'],
    ['fewer than two', 'plural'],
  ],
  'at most two': [
    ['at most two', 'plural'],
    ['fewer than three', 'plural'],
  ],
};

export interface Statement {
  readonly form: Form;
  readonly group: Noun;
  readonly thing: Noun;
  readonly city: Concept;
  readonly verb: string;
}

/** The ways to say a quantifier; with `apart`, those that share no word with that way to say another. */
export function sayingsOf({ quantifier }: Pick<Form, 'quantifier'>, apart?: Saying): readonly Saying[] {
  const taken = apart?.[0].split(' ') ?? [];
  return sayings[quantifier].filter(([words]) => !words.split(' ').some((word) => taken.includes(word)));
}

export function realiseStatement({ form, group, thing, city, verb }: Statement, [words, number]: Saying): string {
  const member = number === 'plural' ? plural(group.node.words[0]!) : group.node.words[0]!;
  const denial = number === 'plural' ? `do not ${verb}` : `does not ${verb}`;
  const does = form.denied ? denial : number === 'plural' ? verb : thirdPerson(verb);
  const who = [words, group.adjective, member].filter(Boolean).join(' ');
  return sentence(`${who} in ${city.words[0]!} ${does} ${thingPhrase(thing)}`);
}

export function thingPhrase({ adjective, node }: Noun): string {
  return indefinite([adjective, node.words[0]!].filter(Boolean).join(' '));
}
